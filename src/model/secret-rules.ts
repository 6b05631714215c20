/** Rules for Secrets (Kubernetes API validation). */
import type { Finding } from "./mistake.ts";
import type { Secret } from "./secret.ts";

export const TLS_SECRET_TYPE = "kubernetes.io/tls";

/** Standard base64 with padding, as Kubernetes reads it: line breaks inside are allowed. */
export function isBase64(value: string): boolean {
  const text = /[\r\n]/.test(value) ? value.replace(/[\r\n]/g, "") : value;
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}

/** What is in the certificate is not looked at here: see certificates.ts. */
export function checkSecret({ type, data }: Secret): readonly Finding[] {
  const findings: Finding[] = Object.keys(data)
    .filter((key) => key.length > 253 || !/^[-._a-zA-Z0-9]+$/.test(key))
    .map((key) => ({
      code: "LB1211",
      message: `${JSON.stringify(key.slice(0, 80))} isn't a valid key`,
      hint: "Use letters, digits, - _ or ., at most 253.",
      path: ["data", key],
    }));
  if (type !== TLS_SECRET_TYPE) return findings;
  const missing = ["tls.crt", "tls.key"].filter((entry) => !Object.hasOwn(data, entry) || data[entry] === "");
  return [
    ...findings,
    ...missing.map((entry) => ({
      code: "LB1332" as const,
      message: `a Secret of type ${TLS_SECRET_TYPE} needs ${entry}`,
      hint: "Put the certificate chain in tls.crt and its private key in tls.key, both PEM.",
      path: ["data"],
    })),
  ];
}
