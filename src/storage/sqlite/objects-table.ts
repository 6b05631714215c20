/** What each key holds now. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { ObjectRow } from "./protocol.ts";
import type { Seals, StoredBytes } from "./seals.ts";

interface Row extends StoredBytes {
  readonly key: string;
  readonly revision: number;
}

export class ObjectsTable {
  readonly #seals: Seals;
  readonly #revision: StatementSync;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;
  readonly #read: StatementSync;
  readonly #list: StatementSync;
  readonly #listFrom: StatementSync;

  constructor(database: DatabaseSync, seals: Seals) {
    this.#seals = seals;
    this.#revision = database.prepare("SELECT revision FROM objects WHERE key = ?");
    this.#put = database.prepare(
      `INSERT INTO objects (key, revision, seal, value) VALUES (?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET revision = excluded.revision, seal = excluded.seal, value = excluded.value`,
    );
    this.#remove = database.prepare("DELETE FROM objects WHERE key = ?");
    const columns = "SELECT key, revision, seal, value FROM objects";
    this.#read = database.prepare(`${columns} WHERE key = ?`);
    this.#list = database.prepare(`${columns} WHERE key >= ? AND key < ? ORDER BY key`);
    this.#listFrom = database.prepare(`${columns} WHERE key >= ? ORDER BY key`);
  }

  /** 0: not there. */
  revisionOf(key: string): number {
    return Number(this.#revision.get(key)?.revision ?? 0);
  }

  put(key: string, revision: number, { seal, value }: StoredBytes): void {
    this.#put.run(key, revision, seal, value);
  }

  /** Whether there was something to remove. */
  remove(key: string): boolean {
    return this.#remove.run(key).changes > 0;
  }

  read(key: string): ObjectRow | undefined {
    const row = this.#read.get(key) as unknown as Row | undefined;
    return row && this.#opened(row);
  }

  list(prefix: string): ObjectRow[] {
    const end = endOfPrefix(prefix);
    const rows = end === undefined ? this.#listFrom.all(prefix) : this.#list.all(prefix, end);
    return (rows as unknown as Row[]).map((row) => this.#opened(row));
  }

  #opened(row: Row): ObjectRow {
    return { key: row.key, revision: row.revision, value: this.#seals.open(row.key, row) };
  }
}

/**
 * The smallest text after every text that starts with `prefix`, in the order of code points (which is that of UTF-8
 * bytes, SQLite's); undefined when there is none.
 */
export function endOfPrefix(prefix: string): string | undefined {
  const points = [...prefix];
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    const next = (last.codePointAt(0) ?? 0) + 1;
    if (next <= 0x10ffff) return points.join("") + String.fromCodePoint(next === 0xd800 ? 0xe000 : next);
  }
  return undefined;
}
