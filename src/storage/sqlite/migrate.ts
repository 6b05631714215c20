/** Brings a file from the form in which an older version left it to the form of this one. */
import { existsSync, renameSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { Problem } from "../../model/problem.ts";
import { storageProblem } from "../storage-problem.ts";
import { isEmpty, readPragma } from "./connection.ts";
import { createDraft, removeDatabase, syncDirectoryOf, syncFile } from "./durable-file.ts";
import { APPLICATION_ID, type Migration } from "./schema.ts";
import { sqliteProblem } from "./sqlite-problem.ts";
import { inTransaction } from "./transaction.ts";

/**
 * Each step is one transaction. Before the first one of an existing store, a copy is made: `<path>.before-v<newest>`.
 */
export function migrate(database: DatabaseSync, path: string, migrations: readonly Migration[]): Problem | undefined {
  const found = readPragma(database, "user_version");
  const newest = migrations.at(-1)?.to ?? 0;
  if (found > newest)
    return storageProblem(
      "LB7104",
      `the store ${path} has the form of version ${found}; this Landbridge knows versions up to ${newest}`,
    );
  if (found === newest) return undefined;
  try {
    if (!isEmpty(database)) keepCopy(database, `${path}.before-v${newest}`, found);
  } catch (error) {
    return failed(error, path, found, newest);
  }
  return applySteps(database, path, migrations);
}

/** The steps that a file hasn't had, without a copy before. */
export function applySteps(
  database: DatabaseSync,
  path: string,
  migrations: readonly Migration[],
): Problem | undefined {
  const found = readPragma(database, "user_version");
  try {
    for (const { to, sql } of migrations.filter((step) => step.to > found)) {
      inTransaction(database, () => {
        database.exec(sql);
        database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${to}`);
      });
    }
    return undefined;
  } catch (error) {
    return failed(error, path, readPragma(database, "user_version"), migrations.at(-1)?.to ?? 0);
  }
}

/**
 * A copy that shows an older form than the store has now was made when these steps were begun and not finished: it is the
 * one to keep.
 */
function keepCopy(database: DatabaseSync, copy: string, found: number): void {
  const kept = existsSync(copy) ? versionOf(copy) : undefined;
  if (kept !== undefined && kept < found) return;
  const draft = `${copy}.part`;
  try {
    createDraft(draft);
    database.prepare("VACUUM INTO ?").run(draft);
    syncFile(draft);
    renameSync(draft, copy);
    syncDirectoryOf(copy);
  } catch (error) {
    removeDatabase(draft);
    throw error;
  }
}

/** undefined when it can't be read: such a copy is worth nothing. */
function versionOf(path: string): number | undefined {
  let copy: DatabaseSync | undefined;
  try {
    copy = new DatabaseSync(path, { readOnly: true });
    return readPragma(copy, "user_version");
  } catch {
    return undefined;
  } finally {
    copy?.close();
  }
}

function failed(error: unknown, path: string, version: number, newest: number): Problem {
  const known = sqliteProblem(error, path);
  if (known) return known;
  const reason = error instanceof Error ? error.message : String(error);
  return storageProblem(
    "LB7115",
    `the store ${path} could not be brought from version ${version} to ${newest}: ${reason}`,
  );
}
