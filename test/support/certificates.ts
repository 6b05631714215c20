import "reflect-metadata";
import { randomBytes, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

x509.cryptoProvider.set(webcrypto);

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const hourMs = 3_600_000;

/** A certificate and its private key (PKCS #8), each as PEM with a newline at the end. */
export interface PemPair {
  readonly certificate: string;
  readonly key: string;
}

/** When a certificate holds. Without it: from an hour ago to a day from now. */
export interface Validity {
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

/** What a leaf certificate says of its owner. */
export interface LeafOptions extends Validity {
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  /** As in "spiffe://shop.example/ns/shop/sa/front". */
  readonly uris?: readonly string[];
  /** What it may be used for; both without it. */
  readonly usage?: readonly ("server" | "client")[];
}

/** A certificate authority that lives as long as a test. */
export interface TestAuthority extends PemPair {
  issue(options: LeafOptions): Promise<PemPair>;
}

/** Makes an authority of its own; P-256, so that a test pays a few milliseconds. */
export async function makeAuthority(name = "Test CA", validity: Validity = {}): Promise<TestAuthority> {
  const keys = await makeKeys();
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    ...base(`CN=${name}`, validity),
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {
    ...(await toPem(authority, keys.privateKey)),
    async issue(options) {
      const leafKeys = await makeKeys();
      const leaf = await x509.X509CertificateGenerator.create({
        ...base(`CN=${options.dnsNames?.[0] ?? "leaf"}`, options),
        issuer: authority.subject,
        publicKey: leafKeys.publicKey,
        signingKey: keys.privateKey,
        extensions: [...leafExtensions(options), await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey)],
      });
      return toPem(leaf, leafKeys.privateKey);
    },
  };
}

/** A leaf that vouches for itself. */
export async function makeSelfSigned(options: LeafOptions): Promise<PemPair> {
  const keys = await makeKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...base(`CN=${options.dnsNames?.[0] ?? "leaf"}`, options),
    keys,
    extensions: leafExtensions(options),
  });
  return toPem(certificate, keys.privateKey);
}

/** A leaf whose validity ended an hour ago. */
export function makeExpired(options: LeafOptions): Promise<PemPair> {
  const now = Date.now();
  return makeSelfSigned({ ...options, notBefore: new Date(now - 48 * hourMs), notAfter: new Date(now - hourMs) });
}

/** A certificate with the key of another one. */
export async function makeMismatched(options: LeafOptions): Promise<PemPair> {
  const [{ certificate }, { key }] = await Promise.all([makeSelfSigned(options), makeSelfSigned(options)]);
  return { certificate, key };
}

function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

function base(name: string, { notBefore, notAfter }: Validity) {
  const now = Date.now();
  return {
    // The leading zero byte keeps the number positive.
    serialNumber: `00${randomBytes(16).toString("hex")}`,
    name,
    subject: name,
    notBefore: notBefore ?? new Date(now - hourMs),
    notAfter: notAfter ?? new Date(now + 24 * hourMs),
    signingAlgorithm: algorithm,
  };
}

function leafExtensions({ dnsNames = [], ipAddresses = [], uris = [], usage = ["server", "client"] }: LeafOptions) {
  const names: x509.JsonGeneralNames = [
    ...dnsNames.map((value) => ({ type: "dns" as const, value })),
    ...ipAddresses.map((value) => ({ type: "ip" as const, value })),
    ...uris.map((value) => ({ type: "url" as const, value })),
  ];
  const usages = { server: x509.ExtendedKeyUsage.serverAuth, client: x509.ExtendedKeyUsage.clientAuth };
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension(usage.map((use) => usages[use])),
    ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
  ];
}

async function toPem(certificate: x509.X509Certificate, privateKey: webcrypto.CryptoKey): Promise<PemPair> {
  const key = await webcrypto.subtle.exportKey("pkcs8", privateKey);
  return {
    certificate: `${certificate.toString("pem")}\n`,
    key: `${x509.PemConverter.encode(key, "PRIVATE KEY")}\n`,
  };
}
