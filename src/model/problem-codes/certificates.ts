import type { ProblemDescription } from "../problem.ts";

/** Problems with certificates and their keys. */
export const CERTIFICATE_PROBLEMS = {
  LB1360: {
    title: "Not a PEM certificate",
    meaning: "The text holds no certificate that can be read.",
    wayOut: "Use the PEM form, which starts with -----BEGIN CERTIFICATE-----.",
  },
  LB1361: {
    title: "The chain is out of order",
    meaning: "Each certificate of a chain must be signed by the next.",
    wayOut: "Put the server's certificate first, then the intermediate ones upwards.",
  },
  LB1362: {
    title: "The key doesn't match",
    meaning: "The private key belongs to another certificate.",
    wayOut: "Use the key that the certificate was made for; it must match the first certificate of the chain.",
  },
  LB1363: {
    title: "The key can't be used",
    meaning: "The private key can't be read, or is of a type that Envoy doesn't serve.",
    wayOut: "Use RSA of at least 2048 bits, or ECDSA with P-256, P-384 or P-521, as PEM.",
  },
  LB1364: {
    title: "The key is encrypted",
    meaning: "There is nobody to type its passphrase.",
    wayOut: "Decrypt it first: openssl pkey -in encrypted.pem -out key.pem.",
  },
} as const satisfies Record<string, ProblemDescription>;
