import type { ApiProblem, ApiStatus } from "./api-types.ts";
import { CLIENT_PROBLEMS } from "./problem-codes.ts";

export type ClientProblemCode = keyof typeof CLIENT_PROBLEMS;

export function clientProblem(code: ClientProblemCode, message: string): ApiProblem {
  return { code, severity: "error", message, hint: CLIENT_PROBLEMS[code].wayOut, path: "" };
}

/** What the API refused, and with which of our codes. */
export function refusedProblem(status: ApiStatus): ApiProblem {
  const words = status.message ?? `the API answered with ${status.code ?? "a failure"}`;
  const own = OWN_CODE.exec(words);
  // One of Landbridge's own refusals says itself what to do.
  if (own) {
    const [, message = words, code = "", hint = ""] = own;
    return { code, severity: "error", message, path: "", status, ...(hint === "" ? {} : { hint }) };
  }
  const code = status.code === 401 ? "LB6113" : status.code === 403 ? "LB6114" : "LB6116";
  const problem = clientProblem(code, words);
  // A refusal says what to do itself; only who is let in is a matter of its own.
  return code === "LB6116" ? { ...withoutHint(problem), status } : { ...problem, status };
}

/** "… is built in and read-only (LB6012). Make an object of another name": one code, and a way out behind it. */
const OWN_CODE = /^((?:(?!\(LB\d{4}\))[\s\S])*) \((LB\d{4})\)(?:\. ((?:(?!\(LB\d{4}\))[\s\S])*))?$/;

function withoutHint({ hint: _, ...problem }: ApiProblem): ApiProblem {
  return problem;
}

export function unreachableProblem(error: unknown, url: string): ApiProblem {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const words = error instanceof AggregateError ? (error.errors[0] as Error).message : wordsOf(error);
  if (TRUST.test(code)) return clientProblem("LB6112", `${url}: the certificate of the API isn't trusted: ${words}`);
  if (NOT_REACHED.has(code)) return clientProblem("LB6111", `no API answers at ${url}: ${words}`);
  return clientProblem("LB6115", `${url}: ${words}`);
}

/** From OpenSSL's verification and Node's own (node:tls, "X509 certificate error codes"). */
const TRUST =
  /^(CERT_|ERR_TLS_CERT|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(GET|VERIFY|DECODE)_|INVALID_CA|HOSTNAME_MISMATCH)/;

const NOT_REACHED: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "ETIMEDOUT",
]);

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
