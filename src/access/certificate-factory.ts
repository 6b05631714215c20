/** Making certificates of the API's authority: EC P-256, signed with SHA-256. */
import "reflect-metadata";
import { randomBytes, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

x509.cryptoProvider.set(webcrypto);

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** A certificate and its private key (PKCS #8), as PEM with a line end at the end. */
export interface CertificateAndKey {
  readonly certPem: string;
  readonly keyPem: string;
}

/** Milliseconds since 1970; certificates know whole seconds. */
export interface Validity {
  readonly notBefore: number;
  readonly notAfter: number;
}

export interface ServerNames {
  readonly dns: readonly string[];
  readonly ip: readonly string[];
}

/** What signs: the authority's certificate and key. */
export interface Signer {
  readonly certificate: x509.X509Certificate;
  readonly key: webcrypto.CryptoKey;
}

export async function makeAuthorityCertificate(commonName: string, validity: Validity): Promise<CertificateAndKey> {
  const keys = await makeKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...common(validity),
    name: nameOf(commonName, []),
    keys,
    extensions: [
      // It signs leaves only.
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return toPem(certificate, keys.privateKey);
}

/** Throws when the texts aren't a certificate and a P-256 key. */
export async function readSigner({ certPem, keyPem }: CertificateAndKey): Promise<Signer> {
  const [der] = x509.PemConverter.decode(keyPem);
  if (!der) throw new TypeError("there is no PEM block in the key");
  return {
    certificate: new x509.X509Certificate(certPem),
    key: await webcrypto.subtle.importKey("pkcs8", der, ALGORITHM, false, ["sign"]),
  };
}

export function makeServerCertificate(signer: Signer, { dns, ip }: ServerNames, validity: Validity) {
  const names = [
    ...dns.map((value) => ({ type: "dns" as const, value })),
    ...ip.map((value) => ({ type: "ip" as const, value })),
  ];
  return makeLeaf(signer, nameOf("landbridge-api", []), validity, [
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    new x509.SubjectAlternativeNameExtension(names),
  ]);
}

/** Common name: the user; organizations: the groups. For clients only: no server can show it. */
export function makeClientCertificate(signer: Signer, user: string, groups: readonly string[], validity: Validity) {
  return makeLeaf(signer, nameOf(user, groups), validity, [
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
  ]);
}

async function makeLeaf(
  { certificate: authority, key }: Signer,
  subject: x509.Name,
  validity: Validity,
  extensions: readonly x509.Extension[],
): Promise<CertificateAndKey> {
  const keys = await makeKeys();
  const leaf = await x509.X509CertificateGenerator.create({
    ...common(validity),
    subject,
    issuer: authority.subjectName,
    publicKey: keys.publicKey,
    signingKey: key,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      ...extensions,
      await x509.AuthorityKeyIdentifierExtension.create(authority),
    ],
  });
  return toPem(leaf, keys.privateKey);
}

/** As values of their own, never as a line "CN=…, O=…" in which a name could say that it is in a group. */
function nameOf(commonName: string, organizations: readonly string[]): x509.Name {
  return new x509.Name([
    ...organizations.map((value) => ({ O: [{ utf8String: value }] })),
    { CN: [{ utf8String: commonName }] },
  ]);
}

function common({ notBefore, notAfter }: Validity) {
  return {
    // The leading zero byte keeps the number positive.
    serialNumber: `00${randomBytes(16).toString("hex")}`,
    notBefore: new Date(notBefore),
    notAfter: new Date(notAfter),
    signingAlgorithm: ALGORITHM,
  };
}

function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}

async function toPem(certificate: x509.X509Certificate, key: webcrypto.CryptoKey): Promise<CertificateAndKey> {
  const der = await webcrypto.subtle.exportKey("pkcs8", key);
  return { certPem: `${certificate.toString("pem")}\n`, keyPem: `${x509.PemConverter.encode(der, "PRIVATE KEY")}\n` };
}
