import { rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Commits a second that SQLite makes durable one by one on this disk, with rows as large as an object. */
export function syncedWrites(directory: string, count: number): number {
  const path = join(directory, "baseline.db");
  const database = new DatabaseSync(path);
  try {
    database.exec(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE kept (key TEXT PRIMARY KEY, value BLOB)",
    );
    const insert = database.prepare("INSERT INTO kept VALUES (?, ?)");
    const value = Buffer.alloc(1_500, 65);
    const started = performance.now();
    for (let index = 0; index < count; index++) insert.run(`key-${index}`, value);
    return count / ((performance.now() - started) / 1000);
  } finally {
    database.close();
    rmSync(path, { force: true });
  }
}
