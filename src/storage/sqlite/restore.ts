/** Putting a backup in the place of a store. */
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Problem } from "../../model/problem.ts";
import { StorageFailure, storageProblem, systemProblem } from "../storage-problem.ts";
import { connect, readPragma } from "./connection.ts";
import { checkWhole, openForReading } from "./copy-of-store.ts";
import { addName, createDraft, removeDatabase, syncDirectoryOf, syncFile } from "./durable-file.ts";
import { MarksTable } from "./marks-table.ts";
import { applySteps } from "./migrate.ts";
import { APPLICATION_ID, MIGRATIONS } from "./schema.ts";
import { sqliteProblem } from "./sqlite-problem.ts";
import { inTransaction } from "./transaction.ts";

/**
 * How far revisions jump when the store that is replaced can't tell how far it had come: more than it can have given out
 * since any backup.
 */
const UNKNOWN_REVISIONS = 1_000_000_000;

/**
 * Puts a copy of the backup in the place of the store, which is kept as `<store>.replaced-<number>`. At every moment there is
 * a whole file at `storePath`: the old or the new one. Everything restored gets new revisions, above all that the replaced
 * store may have given out, and older changes are forgotten: whoever knew the old store reads anew.
 */
export function restoreStore(backupPath: string, storePath: string): Problem | undefined {
  const draft = `${storePath}.restoring`;
  const replaced = existsSync(storePath) ? lockReplaced(storePath) : undefined;
  if (replaced && "code" in replaced) return replaced;
  try {
    const unusable = copyBackup(backupPath, draft);
    if (unusable) return unusable;
    renumber(draft, replaced?.revision);
    exchange(draft, storePath);
    return undefined;
  } catch (error) {
    return failed(storePath, error);
  } finally {
    replaced?.release();
    discard(draft);
  }
}

interface Replaced {
  /** No higher one was given out; undefined: it can't tell. */
  readonly revision: number | undefined;
  release(): void;
}

/** Keeps every control plane out until the files are exchanged. A damaged store can't be locked, nor opened by anyone. */
function lockReplaced(path: string): Replaced | Problem {
  const database = connect(path);
  if ("code" in database) {
    if (database.code === "LB7103") return { revision: undefined, release: () => undefined };
    return database;
  }
  try {
    const revision = newestRevision(database);
    // Writes the log back and removes it: closing this connection must not touch a log of the new file.
    database.exec("PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE");
    return { revision, release: () => database.close() };
  } catch (error) {
    database.close();
    const problem = sqliteProblem(error, path);
    if (problem?.code === "LB7103") return { revision: undefined, release: () => undefined };
    if (!problem) throw error;
    return problem;
  }
}

function newestRevision(database: DatabaseSync): number | undefined {
  if (readPragma(database, "application_id") !== APPLICATION_ID) return undefined;
  return new MarksTable(database).read("reserved");
}

function copyBackup(backupPath: string, draft: string): Problem | undefined {
  const backup = openForReading(backupPath);
  if ("code" in backup) return unusableBackup(backupPath, backup);
  try {
    const damage = checkWhole(backup, backupPath);
    if (damage) return unusableBackup(backupPath, damage);
    mkdirSync(dirname(draft), { recursive: true, mode: 0o700 });
    createDraft(draft);
    backup.prepare("VACUUM INTO ?").run(draft);
    return undefined;
  } finally {
    backup.close();
  }
}

/** Brings the copy to this version, and its revisions above all that were ever given out. */
function renumber(draft: string, replacedRevision: number | undefined): void {
  const database = new DatabaseSync(draft);
  try {
    const problem = applySteps(database, draft, MIGRATIONS);
    if (problem) throw new StorageFailure(problem);
    const marks = new MarksTable(database);
    const own = marks.read("reserved");
    const start = replacedRevision === undefined ? own + UNKNOWN_REVISIONS : Math.max(own, replacedRevision);
    inTransaction(database, () => {
      const { changes } = database
        .prepare(
          `UPDATE objects SET revision = ? + older FROM
             (SELECT key AS k, row_number() OVER (ORDER BY revision, key) AS older FROM objects) WHERE key = k`,
        )
        .run(start);
      database.exec("DELETE FROM changes");
      marks.write("compacted", start + Number(changes));
      marks.write("reserved", start + Number(changes));
    });
  } finally {
    database.close();
  }
  syncFile(draft);
}

/** What SQLite keeps beside a file goes before the new file comes, which would take it for its own. */
function exchange(draft: string, storePath: string): void {
  if (existsSync(storePath)) addName(storePath, freeName(storePath));
  for (const suffix of ["-wal", "-journal", "-shm"]) rmSync(`${storePath}${suffix}`, { force: true });
  syncDirectoryOf(storePath);
  renameSync(draft, storePath);
  syncDirectoryOf(storePath);
}

function freeName(storePath: string): string {
  for (let number = 1; ; number += 1) {
    const name = `${storePath}.replaced-${number}`;
    if (!existsSync(name)) return name;
  }
}

function unusableBackup(path: string, cause: Problem): Problem {
  return storageProblem("LB7114", `the backup ${path} can't be used: ${cause.message}`);
}

function failed(path: string, error: unknown): Problem {
  return sqliteProblem(error, path) ?? systemProblem("LB7102", `the store ${path} was not replaced`, error);
}

function discard(draft: string): void {
  try {
    removeDatabase(draft);
  } catch {
    // The directory has gone or may not be written, which is what the Problem says.
  }
}
