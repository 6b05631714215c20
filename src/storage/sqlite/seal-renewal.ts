/** Sealing anew what an older key sealed, and what was there before sealing was turned on. In the store's thread. */
import type { StatementSync } from "node:sqlite";
import type { PlainKey, PlainKeys } from "./protocol.ts";
import type { Tables } from "./tables.ts";
import { inTransaction } from "./transaction.ts";

/** How many values are sealed in one step, so that writes in between wait for a millisecond or two at most. */
const STEP_VALUES = 50;
const PAGE_KEYS = 500;

const TABLES = ["objects", "changes"] as const;
type Table = (typeof TABLES)[number];

interface Row {
  readonly row: number;
  readonly key: string;
  readonly seal: number | null;
  readonly value: Uint8Array;
}

interface Statements {
  readonly sealedWith: StatementSync;
  readonly row: StatementSync;
  readonly plain: StatementSync;
  readonly put: StatementSync;
}

export class SealRenewal {
  readonly #tables: Tables;
  readonly #statements: Readonly<Record<Table, Statements>>;

  constructor(tables: Tables) {
    this.#tables = tables;
    this.#statements = { objects: prepare(tables, "objects"), changes: prepare(tables, "changes") };
  }

  /** Seals some values anew; true when no older key is needed any more. */
  step(): boolean {
    const { database, seals } = this.#tables;
    for (const older of seals.older) {
      for (const table of TABLES) {
        const rows = this.#statements[table].sealedWith.all(older, STEP_VALUES) as unknown as Row[];
        inTransaction(database, () => rows.forEach((row) => void this.#seal(table, row)));
        if (rows.length > 0) return false;
      }
    }
    if (seals.older.length > 0) this.#wipe();
    seals.dropOlder();
    return true;
  }

  /** Keys of values that aren't sealed, in order of their rows. */
  plainKeys({ table, after }: PlainKeys): PlainKey[] {
    return this.#statements[table].plain.all(after, PAGE_KEYS) as unknown as PlainKey[];
  }

  /** Seals values that are plain. What was changed in the meantime is sealed already. */
  sealRows(table: Table, numbers: readonly number[]): void {
    inTransaction(this.#tables.database, () => {
      for (const number of numbers) {
        const row = this.#statements[table].row.get(number) as unknown as Row | undefined;
        if (row && row.seal === null) this.#seal(table, row);
      }
    });
  }

  /** All secrets that were there before sealing was turned on are sealed. */
  plainSecretsSealed(): void {
    const { database, marks } = this.#tables;
    this.#wipe();
    inTransaction(database, () => marks.write("secrets-sealed", 1));
  }

  /**
   * Writes the file anew, without what is left in it of deleted and replaced values. It holds up writes (about 5 s for each
   * GB), and happens once for a change of keys.
   */
  #wipe(): void {
    this.#tables.database.exec("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
  }

  #seal(table: Table, row: Row): void {
    const { seals } = this.#tables;
    const { seal, value } = seals.seal(row.key, seals.open(row.key, row));
    this.#statements[table].put.run(seal, value, row.row);
  }
}

function prepare({ database }: Tables, table: Table): Statements {
  const columns = `SELECT rowid AS row, key, seal, value FROM ${table} WHERE value IS NOT NULL`;
  return {
    sealedWith: database.prepare(`${columns} AND seal = ? LIMIT ?`),
    row: database.prepare(`${columns} AND rowid = ?`),
    plain: database.prepare(
      `SELECT rowid AS row, key FROM ${table} WHERE seal IS NULL AND value IS NOT NULL AND rowid > ? ORDER BY rowid LIMIT ?`,
    ),
    put: database.prepare(`UPDATE ${table} SET seal = ?, value = ? WHERE rowid = ?`),
  };
}
