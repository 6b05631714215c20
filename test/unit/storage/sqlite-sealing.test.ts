import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { type Sealing, type SealingKey, sealingKey } from "../../../src/storage/sealing.ts";
import type { SqliteStoreOptions } from "../../../src/storage/sqlite/open-store.ts";
import type { Store } from "../../../src/storage/store.ts";
import { StoreDirectory } from "../../support/store-directory.ts";
import { CommitLog, put, remove, textOf, untilClosed } from "../../support/store-writes.ts";
import { waitFor } from "../../support/wait-for.ts";

const [A, B] = [sealingKey(Buffer.alloc(32, 1)), sealingKey(Buffer.alloc(32, 2))];
const PASSWORD = "correct horse battery staple";
const isSecret = (key: string) => key.startsWith("/secrets/");

function sealedWith(first: SealingKey, ...others: SealingKey[]): Partial<SqliteStoreOptions> {
  const sealing: Sealing = { keys: [first, ...others] };
  return { sealing, isSecret };
}

/** By key: how many values are sealed with it, in both tables; "" for those that aren't. Keys that are kept count as 0. */
function sealCounts(directory: StoreDirectory, path: string): Record<string, number> {
  return directory.tamper((database) => {
    const found: Record<string, number> = {};
    for (const { key_id } of database.prepare("SELECT key_id FROM seals").all()) found[String(key_id)] = 0;
    for (const table of ["objects", "changes"]) {
      const rows = database.prepare(
        `SELECT coalesce(key_id, '') AS id, count(*) AS n FROM ${table} LEFT JOIN seals ON seals.id = seal
         WHERE key LIKE '/secrets/%' AND value IS NOT NULL GROUP BY 1`,
      );
      for (const { id, n } of rows.all()) found[String(id)] = (found[String(id)] ?? 0) + Number(n);
    }
    return found;
  }, path);
}

function filesWith(directory: StoreDirectory, text: string): string[] {
  return readdirSync(directory.base).filter((name) => readFileSync(join(directory.base, name)).includes(text));
}

async function writeSecrets(store: Store, count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, i) => put(store, `/secrets/${i}`, `${PASSWORD} ${i}`)));
}

/** Until this key has sealed so many values, and no other key is kept. Looks into backups. */
async function untilSealed(directory: StoreDirectory, store: Store, expected: Record<string, number>): Promise<void> {
  const path = directory.at("look");
  let counts = {};
  await waitFor(
    "everything sealed anew",
    async () => {
      assert.equal(await store.backup(path), undefined);
      counts = sealCounts(directory, path);
      rmSync(path);
      return isDeepStrictEqual(counts, expected);
    },
    { last: () => counts },
  );
}

test("secrets lie sealed in every table and file, also in backups; all else as it is", async () => {
  await using directory = new StoreDirectory();
  const store = await directory.open(sealedWith(A));
  await put(store, "/secrets/a", PASSWORD);
  await put(store, "/routes/a", "a plain route");
  await put(store, "/secrets/a", `${PASSWORD} two`);
  assert.equal(await store.backup(directory.at("backup")), undefined);
  assert.deepEqual(filesWith(directory, PASSWORD), []);
  assert.ok(filesWith(directory, "a plain route").length > 0);
  assert.equal(await textOf(store, "/secrets/a"), `${PASSWORD} two`);
  const log = new CommitLog();
  store.watch(0, log.onCommit, untilClosed());
  await waitFor("the changes", () => log.commits.length === 3);
  assert.equal(log.commits[0]?.[0]?.value?.toString(), PASSWORD);
  await remove(store, "/secrets/a");
  const again = await directory.reopen(store, sealedWith(A));
  assert.deepEqual((await again.list("/secrets/")).length, 0);
  await again.close();
  assert.deepEqual(filesWith(directory, PASSWORD), []);
});

test("with a missing or another key the store is refused, names the key, and loses nothing", async () => {
  await using directory = new StoreDirectory();
  const store = await directory.open(sealedWith(A));
  await put(store, "/secrets/a", PASSWORD);
  await store.close();
  for (const options of [{}, sealedWith(B)]) {
    const problem = await directory.tryOpen(options);
    assert.ok("code" in problem);
    assert.equal(problem.code, "LB7110");
    assert.ok(problem.message.includes(A.id));
  }
  assert.equal(await textOf(await directory.open(sealedWith(A)), "/secrets/a"), PASSWORD);
});

test("a key that passes for another does not get past the canary", async () => {
  await using directory = new StoreDirectory();
  await (await directory.open(sealedWith(A))).close();
  const impostor = { id: A.id, key: B.key };
  const problem = await directory.tryOpen(sealedWith(impostor));
  assert.ok("code" in problem);
  assert.equal(problem.code, "LB7110");
});

test("keys rotate: the new one seals, the old one opens, and is needed no more when all is sealed anew", async () => {
  await using directory = new StoreDirectory();
  const store = await directory.open(sealedWith(A));
  await writeSecrets(store, 170);
  await put(store, "/routes/a", "plain");
  const rotated = await directory.reopen(store, sealedWith(B, A));
  assert.equal((await rotated.list("/secrets/")).length, 170);
  assert.equal(await textOf(rotated, "/secrets/7"), `${PASSWORD} 7`);
  await untilSealed(directory, rotated, { [B.id]: 340 });
  const without = await directory.reopen(rotated, sealedWith(B));
  assert.equal(await textOf(without, "/secrets/169"), `${PASSWORD} 169`);
  assert.equal(await textOf(without, "/routes/a"), "plain");
});

test("taking the old key away before all is sealed anew is refused", async () => {
  await using directory = new StoreDirectory();
  const store = await directory.open(sealedWith(A));
  await writeSecrets(store, 5);
  await store.close();
  // As a process leaves it that was killed between the steps.
  directory.tamper((database) => database.exec("INSERT INTO seals (key_id, canary) SELECT 'old', canary FROM seals"));
  const problem = await directory.tryOpen(sealedWith(A));
  assert.ok("code" in problem && problem.message.includes("old"));
});

test("turning sealing on seals the secrets that were there, and leaves no plain text in the file", async () => {
  await using directory = new StoreDirectory();
  const store = await directory.open();
  await writeSecrets(store, 120);
  await put(store, "/routes/a", "plain");
  await store.close();
  assert.ok(filesWith(directory, PASSWORD).length > 0);
  const sealed = await directory.open(sealedWith(A));
  assert.equal(await textOf(sealed, "/secrets/119"), `${PASSWORD} 119`);
  await untilSealed(directory, sealed, { [A.id]: 240 });
  await sealed.close();
  assert.deepEqual(filesWith(directory, PASSWORD), []);
});

test("a sealed value that was changed, or put under another key, is not given out", async () => {
  await using directory = new StoreDirectory();
  const store = await directory.open(sealedWith(A));
  await put(store, "/secrets/a", "of a");
  await put(store, "/secrets/b", "of b");
  await store.close();
  directory.tamper((database) =>
    database.exec(
      "UPDATE objects SET value = (SELECT value FROM objects WHERE key = '/secrets/a') WHERE key = '/secrets/b'",
    ),
  );
  const again = await directory.open(sealedWith(A));
  assert.equal(await textOf(again, "/secrets/a"), "of a");
  await assert.rejects(again.read("/secrets/b"), (error: Error) => /LB7112.*\/secrets\/b/.test(error.message));
});
