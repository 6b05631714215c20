import type { Problem } from "../../model/problem.ts";
import type { StorageProblemCode } from "../problem-codes.ts";
import { StorageFailure, storageProblem } from "../storage-problem.ts";

/** What SQLite's result codes mean for a user, primary and some extended ones (sqlite.org/rescode.html). */
const MEANINGS: Readonly<Record<number, readonly [StorageProblemCode, string]>> = {
  3: ["LB7102", "access was denied"],
  5: ["LB7101", "another process is using it"],
  6: ["LB7101", "another process is using it"],
  8: ["LB7107", "it may not be written"],
  10: ["LB7108", "the disk reported an error"],
  11: ["LB7103", "it is damaged"],
  13: ["LB7106", "disk full"],
  14: ["LB7102", "it can't be opened"],
  3850: ["LB7102", "it can't be locked: it may only be read, or its file system has no locks"],
  26: ["LB7103", "it is no database, or its first page is damaged"],
};

/** The Problem behind an error; undefined when it is a defect of ours. */
export function sqliteProblem(error: unknown, path: string): Problem | undefined {
  if (error instanceof StorageFailure) return error.problem;
  const code = sqliteCode(error);
  const meaning = code === undefined ? undefined : (MEANINGS[code] ?? MEANINGS[code & 0xff]);
  if (code === undefined || meaning === undefined) return undefined;
  return storageProblem(meaning[0], `the store ${path}: ${meaning[1]} (SQLite: ${(error as Error).message}, ${code})`);
}

/** SQLite's extended result code. */
export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error && "errcode" in error)) return undefined;
  return typeof error.errcode === "number" ? error.errcode : undefined;
}
