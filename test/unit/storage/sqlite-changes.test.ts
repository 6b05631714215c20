import assert from "node:assert/strict";
import { test } from "node:test";
import { StoreDirectory } from "../../support/store-directory.ts";
import { CommitLog, put, untilClosed } from "../../support/store-writes.ts";
import { waitFor } from "../../support/wait-for.ts";

async function fill(store: Awaited<ReturnType<StoreDirectory["open"]>>, count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, i) => put(store, `/${i % 20}`, `${i}`)));
}

test("old changes are forgotten by themselves, so many are kept, and what the keys hold stays", async () => {
  await using directory = new StoreDirectory();
  const store = await directory.open({ keepChanges: 100 });
  await fill(store, 2000);
  await waitFor(
    "old changes to be forgotten",
    () => store.watch(100, () => undefined, untilClosed()).kind === "compacted",
  );
  assert.equal(store.watch(1901, () => undefined, untilClosed()).kind, "watching");
  assert.equal((await store.list("")).length, 20);
  for (let i = 0; i < 50; i += 1) await put(store, "/a", `${i}`);
  assert.equal((await store.list("")).length, 21);
  await store.close();
  const changes = directory.tamper((database) =>
    Number(database.prepare("SELECT count(*) AS n FROM changes").get()?.n),
  );
  assert.ok(changes >= 100 && changes < 400, `${changes} changes are left`);
});

test("a watcher that was promised old changes gets them, however many come and are forgotten meanwhile", async () => {
  await using directory = new StoreDirectory();
  const store = await directory.open();
  // So large that more are forgotten in a step than are read in one.
  const large = "x".repeat(10_000);
  await Promise.all(Array.from({ length: 800 }, (_, i) => put(store, `/${i % 20}`, large)));
  const again = await directory.reopen(store, { keepChanges: 100 });
  const log = new CommitLog();
  assert.equal(again.watch(1, log.onCommit, untilClosed()).kind, "watching");
  const compacted = again.compact(799);
  assert.equal(again.watch(2, () => undefined, untilClosed()).kind, "compacted");
  await fill(again, 1000);
  await compacted;
  assert.deepEqual(
    log.revisions,
    Array.from({ length: 1799 }, (_, i) => i + 2),
  );
});

test("a watcher that throws is complained of by name of the store, and hears of the next commit", async () => {
  await using directory = new StoreDirectory();
  const complaints: unknown[] = [];
  const log = { error: (message: string, fields?: unknown) => complaints.push([message, fields]) };
  const store = await directory.open({ log: log as never });
  let calls = 0;
  const failing = () => {
    calls += 1;
    throw new Error("of the watcher");
  };
  store.watch(0, failing, untilClosed());
  await put(store, "/a", "1");
  await put(store, "/a", "2");
  assert.equal(calls, 2);
  assert.equal(complaints.length, 2);
  assert.match(JSON.stringify(complaints), /a watcher failed.*store\.db/);
});

test("after a crash revisions go on above all that may have been given out", async () => {
  await using directory = new StoreDirectory();
  const store = await directory.open();
  const given = (await store.advance(300_000)) + 299_999;
  // What a killed process leaves: the file as it is now.
  assert.equal(await store.backup(directory.at("killed.db")), undefined);
  const further = (await store.advance(150_000)) + 149_999;
  const killed = await directory.open({ path: directory.at("killed.db") });
  assert.ok(killed.revision > given && killed.revision > further);
});

test("a clean end gives unused revisions back: the next start goes on where the last one was", async () => {
  await using directory = new StoreDirectory();
  const store = await directory.open();
  const revision = await put(store, "/a", "1");
  const again = await directory.reopen(store);
  assert.equal(await put(again, "/a", "2"), revision + 1);
});

test("a great many watchers are told of a commit in a moment", async () => {
  await using directory = new StoreDirectory();
  const store = await directory.open();
  const logs = Array.from({ length: 10_000 }, () => new CommitLog());
  const { signal } = new AbortController();
  for (const log of logs) store.watch(0, log.onCommit, signal);
  const start = performance.now();
  const revision = await put(store, "/a", "1");
  const took = performance.now() - start;
  assert.ok(took < 2_000, `took ${took} ms`);
  for (const log of logs) assert.deepEqual(log.revisions, [revision]);
});
