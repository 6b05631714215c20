import type { Problem } from "../model/problem.ts";
import { PROXY_PROBLEMS, type ProxyProblemCode } from "./problem-codes.ts";

/** An error of this folder. The hint is the code's general way out unless a better one is known. */
export function proxyProblem(code: ProxyProblemCode, message: string, hint?: string): Problem {
  return { code, severity: "error", message, path: "", hint: hint ?? PROXY_PROBLEMS[code].wayOut };
}
