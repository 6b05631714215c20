// The certificate of examples/shop: self-signed, made on this machine, never in git.
import { randomBytes, webcrypto, X509Certificate } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "./files.mjs";
import { root } from "./places.mjs";
import { everyPurpose } from "./step.mjs";

const file = join(root, "examples/shop/resources/shop-tls.secret.yaml");
const hostnames = ["shop.localhost", "*.shop.localhost"];
const dayMs = 86_400_000;
const validForDays = 397;
const renewDaysBefore = 30;

/** @type {import("./step.mjs").Step} */
export const demoCertificate = {
  title: "the demo's certificate",
  for: everyPurpose,
  isDone: async () => Date.now() < demoCertificateRenewal(),
  needs: async () => [],
  async run() {
    writeWhole(file, secret(await makeCertificate()), 0o600);
  },
  paths: async () => ({}),
  leaves: async () => [file],
};

/** When the certificate has to be made anew, in milliseconds since 1970; 0 when there is none. */
export function demoCertificateRenewal() {
  if (!existsSync(file)) return 0;
  const encoded = readFileSync(file, "utf8").match(/^ {2}tls\.crt: (\S+)$/m)?.[1];
  if (encoded === undefined) return 0;
  try {
    const expiry = Date.parse(new X509Certificate(Buffer.from(encoded, "base64")).validTo);
    return expiry - renewDaysBefore * dayMs;
  } catch {
    return 0;
  }
}

async function makeCertificate() {
  // Only now, because this file is read before npm has installed anything.
  await import("reflect-metadata");
  const x509 = await import("@peculiar/x509");
  x509.cryptoProvider.set(webcrypto);
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: `00${randomBytes(16).toString("hex")}`,
    name: "CN=shop.localhost",
    notBefore: new Date(Date.now() - dayMs),
    notAfter: new Date(Date.now() + validForDays * dayMs),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(hostnames.map((value) => ({ type: "dns", value }))),
    ],
  });
  const key = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return { certificate: certificate.toString("pem"), key: x509.PemConverter.encode(key, "PRIVATE KEY") };
}

/** @param {{ certificate: string, key: string }} pem */
function secret(pem) {
  const base64 = (/** @type {string} */ text) => Buffer.from(`${text}\n`).toString("base64");
  return `# Made by scripts/setup.mjs on this machine, and renewed by it. Not in git.
apiVersion: v1
kind: Secret
type: kubernetes.io/tls
metadata:
  name: shop-tls
  namespace: infra
data:
  tls.crt: ${base64(pem.certificate)}
  tls.key: ${base64(pem.key)}
`;
}
