/** A directory for a store's file, opened by the SQLite store, and taken away at the end. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Problem } from "../../src/model/problem.ts";
import { openSqliteStore, type SqliteStoreOptions } from "../../src/storage/sqlite/open-store.ts";
import type { Store } from "../../src/storage/store.ts";

export class StoreDirectory implements AsyncDisposable {
  readonly base = mkdtempSync(join(tmpdir(), "landbridge-store-"));
  readonly path: string;
  readonly #open = new Set<Store>();
  readonly #below = new DisposableStack();

  /** `folder`: below the base, such as one on which a file system is mounted. */
  constructor(folder = "") {
    this.path = join(this.base, folder, "store.db");
  }

  at(name: string): string {
    return join(this.base, name);
  }

  /** Something that is taken away when the stores are closed, such as a mounted disk. */
  use<Below extends Disposable | undefined>(below: Below): Below {
    return this.#below.use(below);
  }

  async open(options: Partial<SqliteStoreOptions> = {}): Promise<Store> {
    const store = await this.tryOpen(options);
    assert.ok(!("code" in store), `the store opens: ${JSON.stringify(store)}`);
    return store;
  }

  async tryOpen(options: Partial<SqliteStoreOptions> = {}): Promise<Store | Problem> {
    const store = await openSqliteStore({ path: this.path, ...options });
    if (!("code" in store)) this.#open.add(store);
    return store;
  }

  /** Closes and opens again, as a restart does. */
  async reopen(store: Store, options: Partial<SqliteStoreOptions> = {}): Promise<Store> {
    await store.close();
    return this.open(options);
  }

  /** Works on the file as another program would, while no store has it open. */
  tamper<Result>(work: (database: DatabaseSync) => Result, path = this.path): Result {
    const database = new DatabaseSync(path);
    try {
      return work(database);
    } finally {
      database.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const store of this.#open) await store.close();
    this.#below.dispose();
    rmSync(this.base, { recursive: true, force: true });
  }
}
