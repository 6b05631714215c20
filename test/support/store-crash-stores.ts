/** What the crash tests and the program that they kill agree on. */
import { openSqliteStore, type SqliteStoreOptions } from "../../src/storage/sqlite/open-store.ts";
import { MIGRATIONS, type Migration } from "../../src/storage/sqlite/schema.ts";
import type { Store } from "../../src/storage/store.ts";

async function open(path: string, options: Partial<SqliteStoreOptions> = {}): Promise<Store> {
  const store = await openSqliteStore({ path, ...options });
  if ("code" in store) throw new Error(`${store.code} ${store.message}`);
  return store;
}

/** Steps with much to do: each one writes every object anew, and its number into it. */
const steps: readonly Migration[] = [
  ...MIGRATIONS,
  ...[2, 3, 4, 5].map((to) => ({
    to,
    sql: `UPDATE objects SET value = CAST(CAST(value AS TEXT) || ' ${to}' AS BLOB)`,
  })),
];

export const CRASH_STORES = { open, steps };
