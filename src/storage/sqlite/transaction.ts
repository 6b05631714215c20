import type { DatabaseSync } from "node:sqlite";

/** Everything that `body` does, or nothing. What it throws, or what committing throws, is thrown on. */
export function inTransaction<Result>(database: DatabaseSync, body: () => Result): Result {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = body();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    // A full disk or a disk error may have rolled it back already.
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
