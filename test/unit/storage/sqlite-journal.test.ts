import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { canonicalJson } from "../../../src/storage/canonical-json.ts";
import { type ChainHead, nextEntry } from "../../../src/storage/journal-chain.ts";
import { verifyJournalFile } from "../../../src/storage/sqlite/journal-file.ts";
import { StoreDirectory } from "../../support/store-directory.ts";
import { put } from "../../support/store-writes.ts";

const ENTRIES = 2500;

/** A closed store with a journal of several pages of reading. */
async function withJournal(directory: StoreDirectory): Promise<void> {
  const store = await directory.open({ now: () => new Date("2025-01-02T03:04:05.678Z") });
  const writes = Array.from({ length: ENTRIES }, (_, i) => put(store, `/${i % 10}`, `${i}`, { user: "anna", i }));
  await Promise.all(writes);
  await store.close();
}

/** Whoever can write the file can take its triggers away. */
function withoutTriggers(database: DatabaseSync): void {
  const triggers = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all();
  for (const { name } of triggers) database.exec(`DROP TRIGGER ${name}`);
}

const TAMPERINGS: Readonly<Record<string, { at: number; by: (database: DatabaseSync) => void }>> = {
  "a note is changed": {
    at: 1700,
    by: (database) => database.exec(`UPDATE journal SET note = replace(note, 'anna', 'ben') WHERE number = 1700`),
  },
  "a time is changed": {
    at: 1,
    by: (database) => database.exec("UPDATE journal SET time = '2025-01-02T03:04:05.679Z' WHERE number = 1"),
  },
  "an entry is missing": { at: 1200, by: (database) => database.exec("DELETE FROM journal WHERE number = 1200") },
  "the first entries are missing": { at: 1, by: (database) => database.exec("DELETE FROM journal WHERE number <= 3") },
  "the newest entries are missing": {
    at: 2490,
    by: (database) => database.exec("DELETE FROM journal WHERE number >= 2490"),
  },
  "an entry is missing, and the rest closed up": {
    at: 1200,
    by: (database) =>
      database.exec(
        "DELETE FROM journal WHERE number = 1200; UPDATE journal SET number = number - 1 WHERE number > 1200",
      ),
  },
  "two entries are exchanged": {
    at: 7,
    by: (database) =>
      database.exec(`UPDATE journal SET number = -1 WHERE number = 7; UPDATE journal SET number = 7 WHERE number = 8;
        UPDATE journal SET number = 8 WHERE number = -1`),
  },
  "an entry is put in before all others": {
    at: 1,
    by: (database) =>
      database.exec("INSERT INTO journal SELECT 0, time, note, previous, hash FROM journal WHERE number = 1"),
  },
  "an entry is put in at the end, with a hash of its own": {
    at: ENTRIES + 1,
    by: (database) =>
      database.exec(
        `INSERT INTO journal SELECT ${ENTRIES + 1}, time, note, previous, hash FROM journal WHERE number = 5`,
      ),
  },
  "an entry and its hash are changed": {
    at: 1701,
    by: (database) => {
      const before = database.prepare("SELECT number, hash FROM journal WHERE number = 1699").get();
      const entry = nextEntry(
        before as unknown as ChainHead,
        "2025-01-02T03:04:05.678Z",
        canonicalJson({ user: "ben" }),
      );
      database.prepare("UPDATE journal SET note = ?, hash = ? WHERE number = 1700").run(entry.note, entry.hash);
    },
  },
};

test("a journal that nobody touched is whole, open or not, and a million entries need no memory", async () => {
  await using directory = new StoreDirectory();
  await withJournal(directory);
  const inFile = verifyJournalFile(directory.path);
  assert.ok("kind" in inFile && inFile.kind === "whole");
  assert.equal(inFile.entries, ENTRIES);
  const store = await directory.open();
  assert.deepEqual(await store.journal.verify(), inFile);
  assert.equal((await store.journal.read(ENTRIES - 1, 5))[0]?.hash, inFile.head);
  assert.equal((await store.journal.read(1000, 10)).length, 10);
});

test("whatever is done to the journal's entries is found, at its place", async (t) => {
  await using directory = new StoreDirectory();
  await withJournal(directory);
  cpSync(directory.path, directory.at("untouched"));
  for (const [what, { at, by }] of Object.entries(TAMPERINGS)) {
    await t.test(what, async () => {
      cpSync(directory.at("untouched"), directory.path);
      directory.tamper((database) => {
        withoutTriggers(database);
        by(database);
      });
      const inFile = verifyJournalFile(directory.path);
      assert.ok("kind" in inFile && inFile.kind === "broken", JSON.stringify(inFile));
      assert.equal(inFile.at, at, inFile.reason);
      const store = await directory.open();
      assert.deepEqual(await store.journal.verify(), inFile);
      await store.close();
    });
  }
});

test("SQLite itself refuses to change or delete an entry, to replace one, and to put one between", async () => {
  await using directory = new StoreDirectory();
  await withJournal(directory);
  const statements = [
    "UPDATE journal SET note = '{}' WHERE number = 3",
    "DELETE FROM journal WHERE number = 3",
    "DELETE FROM journal",
    "INSERT OR REPLACE INTO journal SELECT * FROM journal WHERE number = 3",
    "INSERT INTO journal SELECT 99999, time, note, previous, hash FROM journal WHERE number = 3",
  ];
  for (const statement of statements)
    directory.tamper((database) => assert.throws(() => database.exec(statement), /append-only/, statement));
  const verdict = verifyJournalFile(directory.path);
  assert.ok("kind" in verdict && verdict.kind === "whole");
});

test("verifying a file that is no store, or isn't there, is a Problem", async () => {
  await using directory = new StoreDirectory();
  const missing = verifyJournalFile(directory.at("missing"));
  assert.ok("code" in missing && missing.code === "LB7102");
  directory.tamper((database) => database.exec("CREATE TABLE t (x)"));
  const foreign = verifyJournalFile(directory.path);
  assert.ok("code" in foreign && foreign.code === "LB7105");
});
