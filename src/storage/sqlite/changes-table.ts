/** What was written lately, for those who watch from an older revision. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { ChangeRow, ChangesPage } from "./protocol.ts";
import type { Seals, StoredBytes } from "./seals.ts";

const PAGE_CHANGES = 500;
const PAGE_BYTES = 1024 * 1024;

interface Row {
  readonly revision: number;
  readonly first: number;
  readonly key: string;
  readonly seal: number | null;
  readonly value: Uint8Array | null;
}

export class ChangesTable {
  readonly #seals: Seals;
  readonly #add: StatementSync;
  readonly #after: StatementSync;
  readonly #depth: StatementSync;
  readonly #forget: StatementSync;
  readonly #count: StatementSync;

  constructor(database: DatabaseSync, seals: Seals) {
    this.#seals = seals;
    this.#add = database.prepare("INSERT INTO changes (revision, first, key, seal, value) VALUES (?, ?, ?, ?, ?)");
    this.#after = database.prepare(
      "SELECT revision, first, key, seal, value FROM changes WHERE revision > ? ORDER BY revision",
    );
    this.#depth = database.prepare("SELECT revision FROM changes ORDER BY revision DESC LIMIT 1 OFFSET ?");
    this.#forget = database.prepare(
      `DELETE FROM changes WHERE revision <=
         (SELECT max(revision) FROM (SELECT revision FROM changes WHERE revision <= ? ORDER BY revision LIMIT ?))`,
    );
    this.#count = database.prepare("SELECT count(*) AS changes, max(revision) AS newest FROM changes");
  }

  /** How many there are, and the newest one's revision (0: none). */
  extent(): { readonly changes: number; readonly newest: number } {
    const row = this.#count.get();
    return { changes: Number(row?.changes), newest: Number(row?.newest ?? 0) };
  }

  add(revision: number, first: number, key: string, stored: StoredBytes | undefined): void {
    this.#add.run(revision, first, key, stored?.seal ?? null, stored?.value ?? null);
  }

  /** A page of whole commits, in order. */
  after(revision: number): ChangesPage {
    const changes: ChangeRow[] = [];
    let bytes = 0;
    for (const row of this.#after.iterate(revision) as unknown as Iterable<Row>) {
      const full = changes.length >= PAGE_CHANGES || bytes >= PAGE_BYTES;
      if (full && row.first !== changes.at(-1)?.first) return { changes, last: false };
      bytes += row.value?.byteLength ?? 0;
      changes.push(this.#opened(row));
    }
    return { changes, last: true };
  }

  /** The newest revision that may be forgotten when `keep` changes are to stay; 0: none. */
  depth(keep: number): number {
    return Number(this.#depth.get(keep)?.revision ?? 0);
  }

  /** Forgets the oldest changes up to a revision, at most `limit`. How many it were. */
  forget(upTo: number, limit: number): number {
    return Number(this.#forget.run(upTo, limit).changes);
  }

  #opened({ revision, first, key, seal, value }: Row): ChangeRow {
    return { revision, first, key, value: value === null ? undefined : this.#seals.open(key, { seal, value }) };
  }
}
