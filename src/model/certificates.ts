/** What certificates and keys say of themselves. Whether they are valid now is the caller's: no clock here. */
import { createPrivateKey, KeyObject, X509Certificate } from "node:crypto";
import type { Mistake } from "./mistake.ts";

export interface InspectedCertificate {
  readonly kind: "certificate";
  /** Of the first certificate of the chain, milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Subject alternative names of type DNS, in lower case. */
  readonly dnsNames: readonly string[];
}

export interface RefusedCertificate extends Mistake {
  readonly kind: "refused";
  /** The part that is wrong: tls.crt or tls.key of a Secret. */
  readonly entry: "certificate" | "key";
}

/** Curves that Envoy serves certificates with. */
const CURVES: ReadonlySet<string> = new Set(["prime256v1", "secp384r1", "secp521r1"]);
const MIN_RSA_BITS = 2048;

/** A chain (server's certificate first) and the private key of its first certificate. */
export function inspectCertificate(certificatePem: string, keyPem: string): InspectedCertificate | RefusedCertificate {
  const chain = readCertificates(certificatePem);
  if (!Array.isArray(chain)) return refused("certificate", chain);
  const [leaf] = chain;
  if (!leaf) return refused("certificate", noCertificate());
  const key = readKey(keyPem);
  if (!(key instanceof KeyObject)) return refused("key", key);
  const order = checkOrder(chain);
  // A key that fits another certificate of the file means that the order is wrong, which is the better message.
  if (!leaf.checkPrivateKey(key)) return refused(order ? "certificate" : "key", order ?? mismatch(leaf));
  if (order) return refused("certificate", order);
  return {
    kind: "certificate",
    notBefore: Date.parse(leaf.validFrom),
    notAfter: Date.parse(leaf.validTo),
    dnsNames: dnsNamesOf(leaf),
  };
}

export interface InspectedAuthorities {
  readonly kind: "authorities";
  /** When the last of them ends, milliseconds since 1970. */
  readonly notAfter: number;
}

/** A bundle of authorities, in any order. */
export function inspectAuthorities(bundlePem: string): InspectedAuthorities | RefusedCertificate {
  const bundle = readCertificates(bundlePem);
  if (!Array.isArray(bundle)) return refused("certificate", bundle);
  if (bundle.length === 0) return refused("certificate", noCertificate());
  return { kind: "authorities", notAfter: Math.max(...bundle.map(({ validTo }) => Date.parse(validTo))) };
}

function refused(entry: RefusedCertificate["entry"], mistake: Mistake): RefusedCertificate {
  return { kind: "refused", entry, ...mistake };
}

function noCertificate(): Mistake {
  return {
    code: "LB1360",
    message: "the text holds no PEM certificate",
    hint: "It has to start with -----BEGIN CERTIFICATE-----; under a Secret's data, all of it in base64.",
  };
}

function readCertificates(pem: string): X509Certificate[] | Mistake {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  const begun = pem.split("-----BEGIN ").length - 1;
  if (begun > blocks.length) {
    return {
      code: "LB1360",
      message: `${begun - blocks.length} of ${begun} PEM blocks isn't a whole certificate`,
      hint: "Only certificates belong here, each with its BEGIN and END line; the key has an entry of its own.",
    };
  }
  const certificates: X509Certificate[] = [];
  for (const [index, block] of blocks.entries()) {
    try {
      certificates.push(new X509Certificate(block));
    } catch {
      return {
        code: "LB1360",
        message: `certificate ${index + 1} of ${blocks.length} can't be read`,
        hint: "Was it cut when it was copied? Check it with: openssl x509 -noout -text -in FILE.",
      };
    }
  }
  return certificates;
}

function readKey(pem: string): KeyObject | Mistake {
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(pem)) {
    return {
      code: "LB1364",
      message: "the private key is encrypted, and nobody can type its passphrase",
      hint: "Decrypt it: openssl pkey -in encrypted.pem -out key.pem.",
    };
  }
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    return {
      code: "LB1363",
      message: "the private key can't be read",
      hint: "It has to be PEM and start with -----BEGIN PRIVATE KEY-----, BEGIN RSA PRIVATE KEY or BEGIN EC PRIVATE KEY.",
    };
  }
  const fault = faultOfKey(key);
  if (fault === undefined) return key;
  return {
    code: "LB1363",
    message: `the private key can't be served: ${fault}`,
    hint: `Use RSA with at least ${MIN_RSA_BITS} bits, or ECDSA with P-256, P-384 or P-521.`,
  };
}

function faultOfKey({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): string | undefined {
  if (type === "rsa") {
    const bits = details?.modulusLength ?? 0;
    return bits >= MIN_RSA_BITS ? undefined : `its RSA modulus has ${bits} bits`;
  }
  if (type === "ec") {
    const curve = details?.namedCurve ?? "unknown";
    return CURVES.has(curve) ? undefined : `its curve is ${curve}`;
  }
  return `its type is ${type}`;
}

/** Each certificate has to be signed by the next; a file with several keys' certificates has none of that. */
function checkOrder(chain: readonly X509Certificate[]): Mistake | undefined {
  const broken = chain.findIndex((certificate, index) => {
    const issuer = chain[index + 1];
    return issuer !== undefined && !(certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey));
  });
  if (broken < 0) return undefined;
  return {
    code: "LB1361",
    message: `certificate ${broken + 1} of ${chain.length} isn't signed by the one after it`,
    hint: "Put the server's certificate first, then the one that signed it, and so on.",
  };
}

function mismatch(leaf: X509Certificate): Mistake {
  const [name] = dnsNamesOf(leaf);
  return {
    code: "LB1362",
    message: `the private key doesn't belong to the certificate${name === undefined ? "" : ` for ${name}`}`,
    hint: "Use the key that the certificate was requested with.",
  };
}

function dnsNamesOf(certificate: X509Certificate): string[] {
  const names = certificate.subjectAltName?.matchAll(/(?:^|, )DNS:("[^"]*"|[^,]*)/g) ?? [];
  return [...names].map(([, name = ""]) => name.replaceAll('"', "").toLowerCase());
}
