/**
 * Certificates against the clock. Everything else about a certificate is checked without one (model/certificates.ts).
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
  if (secret.type !== "kubernetes.io/tls") return undefined;
  const inspected = inspectCertificate(secretText(secret, "tls.crt") ?? "", secretText(secret, "tls.key") ?? "");
  if (inspected.kind === "refused") return undefined;
  const { notBefore, notAfter } = inspected;
  if (now > notAfter) return problem(secret, "error", `the certificate expired on ${day(notAfter)}`);
  if (now < notBefore) return problem(secret, "error", `the certificate is valid only from ${day(notBefore)} on`);
  if (now > notAfter - SOON_MS) return problem(secret, "warning", `the certificate expires on ${day(notAfter)}`);
  return undefined;
}

function problem(secret: KindOf<"Secret">, severity: Problem["severity"], message: string): Problem {
  const code = "LB2007";
  return {
    code,
    severity,
    message,
    hint: COMPILER_PROBLEMS[code]?.wayOut ?? "",
    path: "data[tls.crt]",
    object: keyOf(secret),
  };
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
