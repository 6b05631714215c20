import type { Problem } from "../model/problem.ts";
import { STORAGE_PROBLEMS, type StorageProblemCode } from "./problem-codes.ts";

export function storageProblem(code: StorageProblemCode, message: string): Problem {
  return { code, severity: "error", message, hint: STORAGE_PROBLEMS[code].wayOut, path: "" };
}

/** What a promise of the store is rejected with that has no other way to hand over a Problem, such as a read. */
export class StorageFailure extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(`${problem.code}: ${problem.message}`);
    this.name = "StorageFailure";
    this.problem = problem;
  }
}

/** A Problem with the operating system's own words, when `error` is one of its; a defect of ours is thrown on. */
export function systemProblem(code: StorageProblemCode, what: string, error: unknown): Problem {
  if (!(error instanceof Error && "code" in error && typeof error.code === "string")) throw error;
  const [, words = error.message] = /^[A-Z0-9]+: (.*?)(?:, \w+ |, \w+$|$)/.exec(error.message) ?? [];
  return storageProblem(code, `${what}: ${words} (${error.code})`);
}
