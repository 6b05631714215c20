import type { DatabaseSync } from "node:sqlite";
import type { Sealing } from "../sealing.ts";
import { ChangesTable } from "./changes-table.ts";
import { JournalTable } from "./journal-table.ts";
import { MarksTable } from "./marks-table.ts";
import { ObjectsTable } from "./objects-table.ts";
import { Seals } from "./seals.ts";

/** The tables of one open file, with their prepared statements. */
export interface Tables {
  readonly database: DatabaseSync;
  readonly path: string;
  readonly seals: Seals;
  readonly objects: ObjectsTable;
  readonly changes: ChangesTable;
  readonly marks: MarksTable;
  readonly journal: JournalTable;
}

/** Throws StorageFailure when a sealing key is missing. */
export function openTables(database: DatabaseSync, path: string, sealing: Sealing | undefined): Tables {
  const seals = new Seals(database, path, sealing);
  return {
    database,
    path,
    seals,
    objects: new ObjectsTable(database, seals),
    changes: new ChangesTable(database, seals),
    marks: new MarksTable(database),
    journal: new JournalTable(database),
  };
}
