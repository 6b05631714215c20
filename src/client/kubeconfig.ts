/** The file that tells kubectl, and every client that reads what kubectl reads, where the API is and who asks. */
export interface KubeconfigParts {
  readonly url: string;
  readonly caPem: string;
  readonly token: string;
  /** Name of the user in the file, such as "admin". */
  readonly user: string;
  readonly namespace?: string | undefined;
}

/** JSON, which is YAML too. Holds the token: keep it private. */
export function kubeconfigText({ url, caPem, token, user, namespace }: KubeconfigParts): string {
  const certificate = Buffer.from(caPem).toString("base64");
  const context = { cluster: "landbridge", user, ...(namespace === undefined ? {} : { namespace }) };
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "landbridge", cluster: { server: url, "certificate-authority-data": certificate } }],
    users: [{ name: user, user: { token } }],
    contexts: [{ name: "landbridge", context }],
    "current-context": "landbridge",
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}
