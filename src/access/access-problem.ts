import type { Problem } from "../model/problem.ts";
import { ACCESS_PROBLEMS, type AccessProblemCode } from "./problem-codes.ts";

/** An error of this folder. The hint is the code's general way out unless a better one is known. */
export function accessProblem(code: AccessProblemCode, message: string, more: Partial<Problem> = {}): Problem {
  return { code, severity: "error", message, path: "", hint: ACCESS_PROBLEMS[code].wayOut, ...more };
}
