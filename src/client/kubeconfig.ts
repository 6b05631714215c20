/** The file that tells kubectl, and every client that reads what kubectl reads, where the API is and who asks. */
import type { Connection } from "./api-transport.ts";

export interface KubeconfigParts extends Connection {
  /** Name of the user in the file, such as "admin". */
  readonly user: string;
}

/** JSON, which is YAML too. Holds the credential: keep it private. */
export function kubeconfigText(parts: KubeconfigParts): string {
  const { url, caPem, token, certificatePem, keyPem, serverName, user, namespace } = parts;
  const cluster = {
    server: url,
    ...encoded("certificate-authority-data", caPem),
    ...(serverName === undefined ? {} : { "tls-server-name": serverName }),
  };
  const credential = {
    ...(token === undefined ? {} : { token }),
    ...encoded("client-certificate-data", certificatePem),
    ...encoded("client-key-data", keyPem),
  };
  const context = { cluster: "landbridge", user, ...(namespace === undefined ? {} : { namespace }) };
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "landbridge", cluster }],
    users: [{ name: user, user: credential }],
    contexts: [{ name: "landbridge", context }],
    "current-context": "landbridge",
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

function encoded(field: string, pem: string | undefined): Record<string, string> {
  return pem === undefined ? {} : { [field]: Buffer.from(pem).toString("base64") };
}
