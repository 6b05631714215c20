import type { Problem } from "../model/problem.ts";
import { CONFIG_PROBLEMS, type ConfigProblemCode } from "./problem-codes.ts";

/** A Problem of a file as a whole, or of the place in it that is given. */
export function fileProblem(
  code: ConfigProblemCode,
  file: string,
  message: string,
  place: { readonly line: number; readonly column: number } = { line: 1, column: 1 },
): Problem {
  return {
    code,
    severity: code === "LB1403" ? "warning" : "error",
    message,
    hint: CONFIG_PROBLEMS[code].wayOut,
    path: "",
    position: { file, line: place.line, column: place.column },
  };
}

/** What the operating system said, for a message: "permission denied (EACCES)". */
export function systemReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return error.message;
  const [, words = error.message] = /^[A-Z0-9]+: (.*?)(?:, \w+ |, \w+$|$)/.exec(error.message) ?? [];
  return `${words} (${code})`;
}

export function errorCode(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}
