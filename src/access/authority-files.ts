import { createPrivateKey, X509Certificate } from "node:crypto";
import { join } from "node:path";
import type { Problem } from "../model/problem.ts";
import { accessProblem } from "./access-problem.ts";
import { type CertificateAndKey, makeAuthorityCertificate, readSigner, type Signer } from "./certificate-factory.ts";
import { readOwnFile, writePrivateFile } from "./private-file.ts";

const DAY_MS = 86_400_000;
const YEARS = 10;
/** Clocks of clients may be behind by as much. */
export const SKEW_MS = 5 * 60_000;

export interface Authority extends Signer {
  readonly caPem: string;
  /** Milliseconds since 1970. */
  readonly notAfter: number;
}

type Opened = Authority | { readonly problem: Problem };

/** Reads the authority from `ca.crt` and `ca.key`, or makes one when there is no certificate. */
export async function openAuthority(directory: string, now: number): Promise<Opened> {
  const certPath = join(directory, "ca.crt");
  const keyPath = join(directory, "ca.key");
  const cert = readOwnFile(certPath, "may be read");
  if ("problem" in cert) return cert;
  // A key alone is left of a first start that was cut short, and nobody trusts it yet.
  if (cert.text === undefined) return makeFiles(certPath, keyPath, now);
  const key = readOwnFile(keyPath, "private");
  if ("problem" in key) return key;
  if (key.text === undefined) {
    return { problem: accessProblem("LB7211", `${keyPath} is gone, and only with it ${certPath} is of use`) };
  }
  return readAuthority({ certPem: cert.text, keyPem: key.text }, directory, now);
}

async function makeFiles(certPath: string, keyPath: string, now: number): Promise<Opened> {
  const notAfter = now + YEARS * 365 * DAY_MS;
  // The date tells authorities of several installations and after a replacement apart, for people who look at them.
  const name = `landbridge-api-ca ${new Date(now).toISOString()}`;
  const made = await makeAuthorityCertificate(name, { notBefore: now - SKEW_MS, notAfter });
  const problem = writePrivateFile(keyPath, made.keyPem) ?? writePrivateFile(certPath, made.certPem);
  if (problem) return { problem };
  return { ...(await readSigner(made)), caPem: made.certPem, notAfter };
}

async function readAuthority(pair: CertificateAndKey, directory: string, now: number): Promise<Opened> {
  const unusable = (what: string) => ({ problem: accessProblem("LB7211", `in ${directory}, ${what}`) });
  let signer: Signer;
  let certificate: X509Certificate;
  try {
    signer = await readSigner(pair);
    certificate = new X509Certificate(pair.certPem);
  } catch {
    return unusable("ca.crt or ca.key isn't whole, or isn't one that Landbridge made");
  }
  if (!certificate.ca || !certificate.checkPrivateKey(createPrivateKey(pair.keyPem))) {
    return unusable("ca.key doesn't belong to ca.crt, or ca.crt is no authority's certificate");
  }
  const { validFromDate, validToDate } = certificate;
  if (now < validFromDate.getTime() || now >= validToDate.getTime()) {
    const validity = `from ${validFromDate.toISOString()} to ${validToDate.toISOString()}`;
    return { problem: accessProblem("LB7212", `the certificate in ${join(directory, "ca.crt")} holds ${validity}`) };
  }
  return { ...signer, caPem: pair.certPem, notAfter: validToDate.getTime() };
}
