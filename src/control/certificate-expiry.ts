/**
 * Certificates against the clock, and whether they can serve. Everything else about a certificate is checked without a
 * clock (model/certificates.ts).
 */
import { COMPILER_PROBLEMS } from "../compiler/problem-codes.ts";
import { inspectCertificate } from "../model/certificates.ts";
import type { KindOf } from "../model/kinds.ts";
import { keyOf } from "../model/metadata.ts";
import type { Problem } from "../model/problem.ts";
import { secretText } from "../model/secret.ts";

const DAY_MS = 86_400_000;
const SOON_MS = 14 * DAY_MS;

/** Why the Secret's certificate isn't valid now, or not for long; undefined for Secrets that hold none or a good one. */
export function expiryProblem(secret: KindOf<"Secret">, now: number): Problem | undefined {
  const inspected = inspect(secret);
  if (inspected === undefined || inspected.kind === "refused") return undefined;
  const { notBefore, notAfter } = inspected;
  if (now > notAfter) return problem(secret, "error", `the certificate expired on ${day(notAfter)}`);
  if (now < notBefore) return problem(secret, "error", `the certificate is valid only from ${day(notBefore)} on`);
  if (now > notAfter - SOON_MS) return problem(secret, "warning", `the certificate expires on ${day(notAfter)}`);
  return undefined;
}

/** Why the Secret's certificate can't serve now, whatever the reason; undefined also for Secrets that hold none. */
export function certificateFault(secret: KindOf<"Secret">, now: number): Problem | undefined {
  const inspected = inspect(secret);
  if (inspected?.kind === "refused") {
    const entry = inspected.entry === "key" ? "tls.key" : "tls.crt";
    return { ...problemOf(secret, "LB2003", entry), severity: "error", message: inspected.message };
  }
  const found = expiryProblem(secret, now);
  return found?.severity === "error" ? found : undefined;
}

function inspect(secret: KindOf<"Secret">) {
  if (secret.type !== "kubernetes.io/tls") return undefined;
  return inspectCertificate(secretText(secret, "tls.crt") ?? "", secretText(secret, "tls.key") ?? "");
}

function problem(secret: KindOf<"Secret">, severity: Problem["severity"], message: string): Problem {
  return { ...problemOf(secret, "LB2007", "tls.crt"), severity, message };
}

function problemOf(secret: KindOf<"Secret">, code: "LB2003" | "LB2007", entry: "tls.crt" | "tls.key") {
  return { code, hint: COMPILER_PROBLEMS[code]?.wayOut ?? "", path: `data[${entry}]`, object: keyOf(secret) };
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
