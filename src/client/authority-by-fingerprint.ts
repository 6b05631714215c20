/** Finds the authority of an API that is known by its fingerprint only, as `kubeadm join` does with a hash. */
import { X509Certificate } from "node:crypto";
import { connect } from "node:tls";
import type { ApiAnswer } from "./api-types.ts";
import { clientProblem, unreachableProblem } from "./client-problem.ts";

const PATIENCE_MS = 15_000;

/** "sha256:4f…", or as openssl prints it: "4F:…". @returns undefined if it is none */
export function parseFingerprint(words: string): string | undefined {
  const digits = words
    .replace(/^sha256:/i, "")
    .replaceAll(":", "")
    .toLowerCase();
  return /^[0-9a-f]{64}$/.test(digits) ? digits : undefined;
}

/** "sha256:4f…" of the first certificate in a PEM text. */
export function fingerprintOf(pem: string): string {
  return `sha256:${digitsOf(new X509Certificate(pem))}`;
}

/**
 * Nothing is sent to the server, and nothing it says is believed but the certificate with the fingerprint: only what that
 * one has signed is trusted afterwards.
 *
 * @returns PEM
 */
export async function authorityByFingerprint(url: string, fingerprint: string): Promise<ApiAnswer<string>> {
  const { hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, "");
  const { promise, resolve, reject } = Promise.withResolvers<X509Certificate[]>();
  const socket = connect({ host, port: Number(port || 443), rejectUnauthorized: false, ...nameOf(host) });
  socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error(`no answer for ${PATIENCE_MS / 1000} s`)));
  socket.once("error", reject);
  socket.once("secureConnect", () => resolve(chainOf(socket.getPeerX509Certificate())));
  try {
    const chain = await promise;
    const found = chain.find((certificate) => digitsOf(certificate) === fingerprint);
    if (found) return { value: found.toString() };
    const shown = chain.map((certificate) => `sha256:${digitsOf(certificate)}`).at(-1) ?? "no certificate";
    const message = `${url} shows no certificate with the fingerprint sha256:${fingerprint}; its authority has ${shown}`;
    return { problem: clientProblem("LB6112", message) };
  } catch (error) {
    return { problem: unreachableProblem(error, url) };
  } finally {
    socket.destroy();
  }
}

/** From the server's own to its authority's, as far as the server sent them. */
function chainOf(first: X509Certificate | undefined): X509Certificate[] {
  const chain: X509Certificate[] = [];
  for (let next = first; next && !chain.some((known) => known.fingerprint256 === next?.fingerprint256); )
    next = chain[chain.push(next) - 1]?.issuerCertificate;
  return chain;
}

function digitsOf({ fingerprint256 }: X509Certificate): string {
  return fingerprint256.replaceAll(":", "").toLowerCase();
}

/** TLS allows no addresses as names of servers (RFC 6066, section 3). */
function nameOf(host: string): { servername?: string } {
  return /^[\d.]+$|:/.test(host) ? {} : { servername: host };
}
