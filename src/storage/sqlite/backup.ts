import { existsSync, rmSync } from "node:fs";
import { backup, DatabaseSync } from "node:sqlite";
import type { Problem } from "../../model/problem.ts";
import { storageProblem, systemProblem } from "../storage-problem.ts";
import { addName, createDraft, removeDatabase, syncDirectoryOf, syncFile } from "./durable-file.ts";
import { sqliteCode, sqliteProblem } from "./sqlite-problem.ts";

/** Pages (4 KiB) copied before writes get their turn again. */
const PAGES_AT_ONCE = 256;
const MOST_TRIES = 1000;

/** Copies an open database, as of one moment, to a new file. Writes go on meanwhile. */
export async function backUp(database: DatabaseSync, path: string): Promise<Problem | undefined> {
  const draft = `${path}.part`;
  if (existsSync(path)) return taken(path);
  try {
    createDraft(draft);
    await copyPages(database, draft);
    makeSelfContained(draft);
    syncFile(draft);
    addName(draft, path);
    rmSync(draft);
    syncDirectoryOf(path);
    return undefined;
  } catch (error) {
    discard(draft);
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return taken(path);
    return failed(path, error);
  }
}

/** Node gives up with the code 0, "not an error", when the very first pages meet a transaction: they are tried again. */
async function copyPages(database: DatabaseSync, draft: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await backup(database, draft, { rate: PAGES_AT_ONCE });
      return;
    } catch (error) {
      if (sqliteCode(error) !== 0 || tries === MOST_TRIES) throw error;
    }
  }
}

/** A copy says, as the store does, that it has a log beside it. As a file of its own it can be read where it lies. */
function makeSelfContained(path: string): void {
  const copy = new DatabaseSync(path);
  try {
    copy.exec("PRAGMA journal_mode = DELETE");
  } finally {
    copy.close();
  }
}

function discard(draft: string): void {
  try {
    removeDatabase(draft);
  } catch {
    // The directory has gone or may not be written, which is what the Problem says.
  }
}

function taken(path: string): Problem {
  return storageProblem("LB7113", `the backup ${path} was not made: there is a file of that name`);
}

function failed(path: string, error: unknown): Problem {
  const cause = sqliteProblem(error, path);
  if (!cause) return systemProblem("LB7113", `the backup ${path} was not made`, error);
  return storageProblem("LB7113", `the backup ${path} was not made: ${cause.message}`);
}
