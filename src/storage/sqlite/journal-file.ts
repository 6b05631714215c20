import type { DatabaseSync } from "node:sqlite";
import type { Problem } from "../../model/problem.ts";
import { EMPTY_CHAIN } from "../journal-chain.ts";
import type { JournalVerdict } from "../store.ts";
import { openForReading } from "./copy-of-store.ts";
import { JournalTable } from "./journal-table.ts";
import { sqliteProblem } from "./sqlite-problem.ts";

/** Verifies the journal of a store's file that nobody has open, such as a backup. Reads in steps, in this thread. */
export function verifyJournalFile(path: string): JournalVerdict | Problem {
  const database = openForReading(path);
  if ("code" in database) return database;
  try {
    return verify(database);
  } catch (error) {
    const problem = sqliteProblem(error, path);
    if (!problem) throw error;
    return problem;
  } finally {
    database.close();
  }
}

function verify(database: DatabaseSync): JournalVerdict {
  const journal = new JournalTable(database);
  for (let head = EMPTY_CHAIN; ; ) {
    const step = journal.verifyStep(head);
    if ("kind" in step) return step;
    head = step;
  }
}
