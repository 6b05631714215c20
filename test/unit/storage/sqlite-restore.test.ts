import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { Problem } from "../../../src/model/problem.ts";
import { backUp } from "../../../src/storage/sqlite/backup.ts";
import { restoreStore } from "../../../src/storage/sqlite/restore.ts";
import { StoreDirectory } from "../../support/store-directory.ts";
import { CommitLog, put, shown, textOf, untilClosed } from "../../support/store-writes.ts";

/** A closed store with a backup of how it was earlier. The newest revision that it gave out. */
async function withBackup(directory: StoreDirectory): Promise<number> {
  const store = await directory.open();
  await put(store, "/a", "earlier", { verb: "create" });
  await put(store, "/b", "earlier");
  assert.equal(await store.backup(directory.at("backup")), undefined);
  await put(store, "/a", "later");
  await put(store, "/c", "later");
  const revision = await store.advance(5000);
  await store.close();
  return revision + 4999;
}

const namesIn = (directory: StoreDirectory) => readdirSync(directory.base).sort();

test("a backup is a whole store of its owner's, in one file", async () => {
  await using directory = new StoreDirectory();
  await withBackup(directory);
  assert.deepEqual(namesIn(directory), ["backup", "store.db"]);
  assert.equal(statSync(directory.at("backup")).mode & 0o777, 0o600);
});

test("a backup to a path that can't be written is a Problem and leaves nothing", async () => {
  await using directory = new StoreDirectory();
  const store = await directory.open();
  for (const path of [directory.at("missing/backup"), "/dev/null/backup"]) {
    assert.equal((await store.backup(path))?.code, "LB7113");
  }
  writeFileSync(directory.at("taken"), "mine");
  assert.match((await store.backup(directory.at("taken")))?.message ?? "", /there is a file of that name/);
  assert.equal(readFileSync(directory.at("taken"), "utf8"), "mine");
  assert.deepEqual(
    namesIn(directory).filter((name) => !name.startsWith("store.db")),
    ["taken"],
  );
});

test("a backup amid writes is one moment of the store: what was written together is there together", async () => {
  await using directory = new StoreDirectory();
  const store = await directory.open();
  const stop = new AbortController();
  const pair = (i: number) =>
    store.write(
      [`/left/${i % 50}`, `/right/${i % 50}`].map((key) => ({ key, value: Buffer.from(`${i} ${"x".repeat(3000)}`) })),
      { i },
    );
  const writers = Array.from({ length: 8 }, async (_, writer) => {
    for (let i = writer; !stop.signal.aborted; i += 8) await pair(i);
  });
  for (let i = 0; i < 100; i += 1) await pair(i);
  const problems: (Problem | undefined)[] = [];
  for (let round = 0; round < 3; round += 1) problems.push(await store.backup(directory.at(`backup${round}`)));
  stop.abort();
  await Promise.all(writers);
  assert.deepEqual(problems, [undefined, undefined, undefined]);
  for (let round = 0; round < 3; round += 1) {
    directory.tamper(
      (database) => {
        assert.equal(database.prepare("PRAGMA integrity_check").get()?.integrity_check, "ok");
        const apart = database.prepare(
          `SELECT count(*) AS n FROM objects a LEFT JOIN objects b ON b.key = '/right/' || substr(a.key, 7)
         WHERE a.key LIKE '/left/%' AND (b.revision IS NOT a.revision + 1 OR b.value IS NOT a.value)`,
        );
        assert.equal(apart.get()?.n, 0);
      },
      directory.at(`backup${round}`),
    );
  }
});

test("a backup that begins amid a transaction waits for its end", async () => {
  await using directory = new StoreDirectory();
  directory.tamper((database) => database.exec("CREATE TABLE t (x); INSERT INTO t VALUES (1)"));
  using database = new DatabaseSync(directory.path);
  database.exec("BEGIN IMMEDIATE; INSERT INTO t VALUES (2)");
  const backup = backUp(database, directory.at("backup"));
  for (let turns = 0; turns < 100; turns += 1) await setImmediate();
  database.exec("COMMIT");
  assert.equal(await backup, undefined);
  const rows = directory.tamper((copy) => copy.prepare("SELECT x FROM t").all(), directory.at("backup"));
  assert.deepEqual(
    rows.map(({ x }) => x),
    [1, 2],
  );
});

test("a restored store holds what the backup held, and the old one is kept", async () => {
  await using directory = new StoreDirectory();
  await withBackup(directory);
  assert.equal(restoreStore(directory.at("backup"), directory.path), undefined);
  assert.deepEqual(namesIn(directory), ["backup", "store.db", "store.db.replaced-1"]);
  assert.equal(statSync(directory.path).mode & 0o777, 0o600);
  const store = await directory.open();
  assert.deepEqual(
    (await store.list("")).map(({ key, value }) => `${key}=${value}`),
    ["/a=earlier", "/b=earlier"],
  );
  assert.deepEqual(
    (await store.journal.read(0, 9)).map(({ note }) => note),
    [{ verb: "create" }],
  );
  assert.equal((await store.journal.verify()).kind, "whole");
  await store.close();
  assert.equal(restoreStore(directory.at("store.db.replaced-1"), directory.path), undefined);
  const back = await directory.open();
  assert.equal(await textOf(back, "/a"), "later");
  assert.ok(existsSync(directory.at("store.db.replaced-2")));
});

test("nobody can mistake the restored store for the old one: revisions go on above, old changes are gone", async () => {
  await using directory = new StoreDirectory();
  const newest = await withBackup(directory);
  assert.equal(restoreStore(directory.at("backup"), directory.path), undefined);
  const store = await directory.open();
  for (const { revision } of await store.list("")) assert.ok(revision > newest);
  assert.equal(store.watch(newest, () => undefined, untilClosed()).kind, "compacted");
  const stale = await store.write([{ key: "/a", value: Buffer.from("x"), expected: 1 }]);
  assert.equal(stale.kind, "conflict");
  const log = new CommitLog();
  assert.equal(store.watch(store.revision, log.onCommit, untilClosed()).kind, "watching");
  const revision = await put(store, "/d", "new");
  assert.deepEqual(log.commits.flat().map(shown), [`/d=new@${revision}`]);
});

test("a killed store's log is part of it when it is replaced: its revisions count", async () => {
  await using directory = new StoreDirectory();
  const newest = await withBackup(directory);
  // As a killed process leaves it: it had reserved more than the file says that it gave out.
  directory.tamper((database) =>
    database.exec(`UPDATE marks SET revision = ${newest + 9_000_000} WHERE name = 'reserved'`),
  );
  assert.equal(restoreStore(directory.at("backup"), directory.path), undefined);
  assert.ok((await directory.open()).revision > newest + 9_000_000);
});

test("in the place of a damaged store, or of none, revisions jump far ahead", async () => {
  await using directory = new StoreDirectory();
  const newest = await withBackup(directory);
  writeFileSync(directory.path, "damage".repeat(5000));
  writeFileSync(`${directory.path}-wal`, "its log");
  assert.equal(restoreStore(directory.at("backup"), directory.path), undefined);
  assert.ok(readFileSync(directory.at("store.db.replaced-1"), "utf8").startsWith("damage"));
  const store = await directory.open();
  assert.ok(store.revision > newest + 100_000_000);
  assert.equal(await textOf(store, "/a"), "earlier");
  await store.close();
  rmSync(directory.path);
  assert.equal(restoreStore(directory.at("backup"), directory.path), undefined);
  assert.ok((await directory.open()).revision > newest + 100_000_000);
});

test("a store in use is not replaced", async () => {
  await using directory = new StoreDirectory();
  await withBackup(directory);
  const store = await directory.open();
  assert.equal(restoreStore(directory.at("backup"), directory.path)?.code, "LB7101");
  await put(store, "/a", "still mine");
  assert.equal(restoreStore(directory.at("backup"), directory.path)?.code, "LB7101");
  assert.equal(await textOf(store, "/a"), "still mine");
});

const UNUSABLE: Readonly<Record<string, (path: string) => void>> = {
  "is missing": (path) => rmSync(path),
  "is empty": (path) => truncateSync(path, 0),
  "is cut off": (path) => truncateSync(path, statSync(path).size - 8192),
  "is text": (path) => writeFileSync(path, "text ".repeat(3000)),
  "has a damaged page": (path) => {
    const bytes = readFileSync(path);
    bytes.fill(0x5a, 4096 * 3, 4096 * 4);
    writeFileSync(path, bytes);
  },
};

for (const [what, spoil] of Object.entries(UNUSABLE)) {
  test(`a backup that ${what} is refused, and the store stays as it is`, async () => {
    await using directory = new StoreDirectory();
    await withBackup(directory);
    spoil(directory.at("backup"));
    assert.equal(restoreStore(directory.at("backup"), directory.path)?.code, "LB7114");
    assert.deepEqual(
      namesIn(directory).filter((name) => name !== "backup"),
      ["store.db"],
    );
    assert.equal(await textOf(await directory.open(), "/a"), "later");
  });
}

test("a database of another program is not replaced, nor restored", async () => {
  await using directory = new StoreDirectory();
  await withBackup(directory);
  directory.tamper((database) => database.exec("CREATE TABLE t (x)"), directory.at("foreign"));
  assert.equal(restoreStore(directory.at("foreign"), directory.path)?.code, "LB7114");
  assert.equal(restoreStore(directory.at("backup"), directory.at("foreign"))?.code, "LB7105");
});
