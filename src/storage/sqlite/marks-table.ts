/** Revisions that are to be remembered beyond what the tables say. */
import type { DatabaseSync, StatementSync } from "node:sqlite";

export type Mark =
  /** No revision above this one was given out. */
  | "reserved"
  /** Changes up to this revision are forgotten. */
  | "compacted"
  /** Set (to 1) when every secret that was there before sealing was turned on is sealed. */
  | "secrets-sealed";

export class MarksTable {
  readonly #read: StatementSync;
  readonly #write: StatementSync;

  constructor(database: DatabaseSync) {
    this.#read = database.prepare("SELECT revision FROM marks WHERE name = ?");
    this.#write = database.prepare(
      "INSERT INTO marks (name, revision) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET revision = excluded.revision",
    );
  }

  /** 0: never set. */
  read(mark: Mark): number {
    return Number(this.#read.get(mark)?.revision ?? 0);
  }

  write(mark: Mark, revision: number): void {
    this.#write.run(mark, revision);
  }
}
