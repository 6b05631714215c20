/** Opening the file: locked against everybody else, checked, and set to survive a power cut. */
import { accessSync, closeSync, constants, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Problem } from "../../model/problem.ts";
import { storageProblem, systemProblem } from "../storage-problem.ts";
import { syncDirectoryOf } from "./durable-file.ts";
import { APPLICATION_ID } from "./schema.ts";
import { sqliteProblem } from "./sqlite-problem.ts";

/**
 * Held as long as the connection is open. In this mode the index of the write-ahead log is kept in memory, so there is
 * no -shm file, and everybody else is told "locked" at once.
 */
const LOCK = "PRAGMA locking_mode = EXCLUSIVE";

const SETTINGS = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA foreign_keys = ON;
  PRAGMA cell_size_check = ON;
  PRAGMA trusted_schema = OFF;
  PRAGMA temp_store = MEMORY;
  PRAGMA wal_autocheckpoint = 4000;
`;

/** Opens or creates the file, for this process alone. */
export function connect(path: string): DatabaseSync | Problem {
  const missing = prepareFile(path);
  if (missing) return missing;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: 0 });
    database.exec(LOCK);
    const foreign = checkOwner(database, path);
    if (foreign) {
      database.close();
      return foreign;
    }
    database.exec(SETTINGS);
    return database;
  } catch (error) {
    database?.close();
    const problem = sqliteProblem(error, path);
    if (!problem) throw error;
    return problem;
  }
}

/** A Problem when the tables that every start needs are damaged. The journal has its own check (verify). */
export function checkTables(database: DatabaseSync, path: string): Problem | undefined {
  for (const table of ["seals", "marks", "objects", "changes"]) {
    const [complaint] = database.prepare(`PRAGMA quick_check(${table})`).all();
    const text = String(complaint?.quick_check ?? complaint?.integrity_check);
    if (text !== "ok") return storageProblem("LB7103", `the store ${path} is damaged: ${text.replaceAll("\n", " ")}`);
  }
  return undefined;
}

/** The number that a pragma such as user_version has. */
export function readPragma(database: DatabaseSync, name: "user_version" | "application_id"): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}

export function isEmpty(database: DatabaseSync): boolean {
  return database.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() === undefined;
}

function checkOwner(database: DatabaseSync, path: string): Problem | undefined {
  if (isEmpty(database) || readPragma(database, "application_id") === APPLICATION_ID) return undefined;
  return storageProblem("LB7105", `${path} is a database of another program`);
}

/**
 * Makes the file with the right mode (the log beside it gets the same), or says why it can't be used in clearer words
 * than SQLite's. A file that is there is not opened here: closing it would end this process' lock on it (POSIX locks).
 */
function prepareFile(path: string): Problem | undefined {
  try {
    const made = mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, "wx", 0o600));
    syncDirectoryOf(path);
    if (made !== undefined) syncDirectoryOf(made);
    return undefined;
  } catch (error) {
    if (!isCode(error, "EEXIST")) return refused(path, error);
  }
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return undefined;
  } catch (error) {
    return refused(path, error);
  }
}

function refused(path: string, error: unknown): Problem {
  const code = isCode(error, "EROFS") ? "LB7107" : isCode(error, "ENOSPC") ? "LB7106" : "LB7102";
  return systemProblem(code, `the store ${path} can't be opened`, error);
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
