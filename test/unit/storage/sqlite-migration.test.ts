import assert from "node:assert/strict";
import { existsSync, statSync } from "node:fs";
import { test } from "node:test";
import { restoreStore } from "../../../src/storage/sqlite/restore.ts";
import { MIGRATIONS, type Migration } from "../../../src/storage/sqlite/schema.ts";
import { StoreDirectory } from "../../support/store-directory.ts";
import { put, shown, textOf } from "../../support/store-writes.ts";

/** How a store might have looked before: objects and no more. It has become what version 1 of today is, in two steps. */
const OLDER: Migration = {
  to: 1,
  sql: `CREATE TABLE kept (path TEXT PRIMARY KEY, body TEXT NOT NULL, version INTEGER NOT NULL);`,
};
const [TODAY] = MIGRATIONS.slice(-1);
const STEPS: readonly Migration[] = [
  OLDER,
  { to: 2, sql: TODAY?.sql ?? "" },
  {
    to: 3,
    sql: `INSERT INTO objects (key, revision, value) SELECT path, version, CAST(body AS BLOB) FROM kept;
      INSERT INTO marks (name, revision) SELECT 'reserved', coalesce(max(version), 0) FROM kept;
      DROP TABLE kept;`,
  },
];

/** A file that an older version left. */
function makeOlder(directory: StoreDirectory): void {
  directory.tamper((database) =>
    database.exec(`${OLDER.sql} PRAGMA user_version = 1; PRAGMA application_id = ${0x4c427374};
      INSERT INTO kept VALUES ('/a', 'of old', 17), ('/b', 'too', 18);`),
  );
}

function versionOf(directory: StoreDirectory, path = directory.path): number {
  return directory.tamper((database) => Number(database.prepare("PRAGMA user_version").get()?.user_version), path);
}

test("a store of an older version is brought to this one when it is opened, and a copy is kept", async () => {
  await using directory = new StoreDirectory();
  makeOlder(directory);
  const store = await directory.open({ migrations: STEPS });
  assert.deepEqual((await store.list("")).map(shown), ["/a=of old@17", "/b=too@18"]);
  assert.ok((await put(store, "/c", "new")) > 18);
  const again = await directory.reopen(store, { migrations: STEPS });
  assert.equal(await textOf(again, "/c"), "new");
  await again.close();
  const copy = `${directory.path}.before-v3`;
  assert.equal(statSync(copy).mode & 0o777, 0o600);
  assert.equal(versionOf(directory, copy), 1);
  assert.deepEqual(
    directory.tamper((database) => database.prepare("SELECT path FROM kept").all(), copy).map(({ path }) => path),
    ["/a", "/b"],
  );
  assert.equal(versionOf(directory), 3);
});

test("a new store needs no copy", async () => {
  await using directory = new StoreDirectory();
  await (await directory.open({ migrations: STEPS })).close();
  assert.equal(versionOf(directory), 3);
  assert.ok(!existsSync(`${directory.path}.before-v3`));
});

test("a step that fails leaves the store as it was before it; put right, it goes on from there with the first copy", async () => {
  await using directory = new StoreDirectory();
  makeOlder(directory);
  const broken = STEPS.with(2, { to: 3, sql: "DELETE FROM kept; INSERT INTO nowhere VALUES (1);" });
  const problem = await directory.tryOpen({ migrations: broken });
  assert.ok("code" in problem);
  assert.equal(problem.code, "LB7115");
  assert.match(problem.message, /from version 2 to 3: no such table: nowhere/);
  assert.equal(versionOf(directory), 2);
  const store = await directory.open({ migrations: STEPS });
  assert.equal(await textOf(store, "/a"), "of old");
  assert.equal(versionOf(directory, `${directory.path}.before-v3`), 1);
});

test("a copy that another upgrade left is replaced", async () => {
  await using directory = new StoreDirectory();
  makeOlder(directory);
  directory.tamper((database) => database.prepare("VACUUM INTO ?").run(`${directory.path}.before-v3`));
  directory.tamper((database) => database.exec("INSERT INTO kept VALUES ('/c', 'later', 19)"));
  await directory.open({ migrations: STEPS });
  const kept = directory.tamper(
    (database) => database.prepare("SELECT path FROM kept").all(),
    `${directory.path}.before-v3`,
  );
  assert.equal(kept.length, 3);
});

test("a store of a newer version is refused, with both versions, and left alone; so is a backup of it", async () => {
  await using directory = new StoreDirectory();
  await (await directory.open()).close();
  directory.tamper((database) => database.exec("PRAGMA user_version = 7"));
  const problem = await directory.tryOpen();
  assert.ok("code" in problem);
  assert.equal(problem.code, "LB7104");
  assert.match(problem.message, /version 7.* up to 1/);
  assert.equal(versionOf(directory), 7);
  const refused = restoreStore(directory.path, directory.at("other.db"));
  assert.equal(refused?.code, "LB7114");
  assert.match(refused?.message ?? "", /version 7/);
});
