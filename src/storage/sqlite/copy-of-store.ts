/** Copies of a store, such as backups: files that no control plane has open. */
import { DatabaseSync } from "node:sqlite";
import type { Problem } from "../../model/problem.ts";
import { storageProblem } from "../storage-problem.ts";
import { readPragma } from "./connection.ts";
import { APPLICATION_ID, MIGRATIONS } from "./schema.ts";
import { sqliteProblem } from "./sqlite-problem.ts";

/** Opens a store's file without changing it, if it is one that this version can read. */
export function openForReading(path: string): DatabaseSync | Problem {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: 0 });
    const problem = checkForm(database, path);
    if (!problem) return database;
    database.close();
    return problem;
  } catch (error) {
    database?.close();
    const problem = sqliteProblem(error, path);
    if (!problem) throw error;
    return problem;
  }
}

/** Everything that SQLite can tell of a file without knowing what was written. */
export function checkWhole(database: DatabaseSync, path: string): Problem | undefined {
  const [complaint] = database.prepare("PRAGMA integrity_check(1)").all();
  const text = String(complaint?.integrity_check);
  return text === "ok" ? undefined : storageProblem("LB7103", `${path} is damaged: ${text.replaceAll("\n", " ")}`);
}

function checkForm(database: DatabaseSync, path: string): Problem | undefined {
  if (readPragma(database, "application_id") !== APPLICATION_ID)
    return storageProblem("LB7105", `${path} is not a store of Landbridge`);
  const version = readPragma(database, "user_version");
  const newest = MIGRATIONS.at(-1)?.to ?? 0;
  if (version <= newest) return undefined;
  return storageProblem(
    "LB7104",
    `${path} has the form of version ${version}; this Landbridge knows versions up to ${newest}`,
  );
}
