/** The store when its disk is full, read-only or hangs. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { restoreStore } from "../../src/storage/sqlite/restore.ts";
import { MIGRATIONS } from "../../src/storage/sqlite/schema.ts";
import { mountOrSkip } from "../support/mounted-file-system.ts";
import { StoreDirectory } from "../support/store-directory.ts";
import { freezableDiskOrSkip } from "../support/store-frozen-disk.ts";
import { CommitLog, put, textOf, untilClosed } from "../support/store-writes.ts";
import { waitFor } from "../support/wait-for.ts";

/** Fills a file system to its last byte. Returns what makes room again. */
function fill(folder: string): () => void {
  const ballast = join(folder, "ballast");
  for (let size = 1024 * 1024; size >= 1; size = Math.floor(size / 2)) {
    try {
      for (;;) appendFileSync(ballast, Buffer.alloc(size));
    } catch (error) {
      assert.ok(error instanceof Error && "code" in error && error.code === "ENOSPC");
    }
  }
  return () => rmSync(ballast);
}

test("a full disk refuses writes and nothing else; with room they go on by themselves, and nothing is lost", async (t) => {
  await using directory = new StoreDirectory("disk");
  const disk = directory.use(mountOrSkip(t, dirname(directory.path), "size=6m"));
  if (!disk) return;
  const store = await directory.open();
  for (let i = 0; i < 100; i += 1) await put(store, `/${i}`, `kept ${i}`, { i });
  const log = new CommitLog();
  store.watch(store.revision, log.onCommit, untilClosed());
  const makeRoom = fill(dirname(directory.path));
  const value = Buffer.alloc(50_000, "x");
  let refused = await store.write([{ key: "/large/0", value }], { large: true });
  // The log may have had room for some.
  const written: string[] = [];
  for (let i = 1; refused.kind === "written"; i += 1) {
    written.push(`/large/${i - 1}`);
    refused = await store.write([{ key: `/large/${i}`, value }], { large: true });
  }
  assert.ok(refused.kind === "refused" && refused.problem.code === "LB7106", JSON.stringify(refused));
  assert.match(refused.problem.hint ?? "", /goes on by itself/);
  const together = await Promise.all([store.write([{ key: "/0", value }]), store.write([{ key: "/1", value }])]);
  assert.ok(together.every(({ kind }) => kind === "refused"));
  assert.equal((await store.journal.append({ big: "x".repeat(100_000) }))?.code, "LB7106");
  assert.equal(await textOf(store, "/0"), "kept 0");
  assert.equal((await store.list("")).length, 100 + written.length);
  assert.equal(log.commits.length, written.length, "nobody was told of what was refused");
  assert.ok((await store.advance(10)) > 0, "revisions that need no room");
  assert.equal((await store.backup(join(dirname(directory.path), "backup")))?.code, "LB7113");
  assert.deepEqual(
    readdirSync(dirname(directory.path)).filter((name) => name.startsWith("backup")),
    [],
  );
  makeRoom();
  const revision = await put(store, "/after", "room again", { after: true });
  assert.deepEqual(
    log.commits.at(-1)?.map(({ key }) => key),
    ["/after"],
  );
  const again = await directory.reopen(store);
  assert.equal((await again.list("")).length, 101 + written.length);
  assert.equal((await again.read("/after"))?.revision, revision);
  const verdict = await again.journal.verify();
  assert.ok(verdict.kind === "whole" && verdict.entries === 101 + written.length);
});

test("what is too large for the room that is left is refused alone: small writes beside it are done", async (t) => {
  await using directory = new StoreDirectory("disk");
  const disk = directory.use(mountOrSkip(t, dirname(directory.path), "size=4m"));
  if (!disk) return;
  const store = await directory.open();
  await put(store, "/a", "1");
  const [large, small] = await Promise.all([
    store.write([{ key: "/large", value: Buffer.alloc(3_500_000, 1) }]),
    store.write([{ key: "/a", value: Buffer.from("2") }]),
  ]);
  assert.equal(large.kind === "refused" ? large.problem.code : "", "LB7106");
  assert.equal(small.kind, "written");
  assert.equal(await textOf(store, "/a"), "2");
});

test("a full disk: a store opens and is read, none is made, none is migrated or replaced, and nothing half is left", async (t) => {
  await using directory = new StoreDirectory("disk");
  const folder = dirname(directory.path);
  const disk = directory.use(mountOrSkip(t, folder, "size=8m"));
  if (!disk) return;
  const store = await directory.open();
  for (let i = 0; i < 20; i += 1) await put(store, `/${i}`, "x".repeat(50_000));
  assert.equal(await store.backup(directory.at("backup")), undefined);
  await store.close();
  const makeRoom = fill(folder);
  const before = readdirSync(folder);
  const full = await directory.open();
  assert.equal((await full.list("")).length, 20);
  await full.close();
  const newer = [...MIGRATIONS, { to: 2, sql: "CREATE TABLE more (x)" }];
  const refused = [
    await directory.tryOpen({ path: join(folder, "new.db") }),
    await directory.tryOpen({ migrations: newer }),
    restoreStore(directory.at("backup"), directory.path),
  ];
  for (const problem of refused)
    assert.ok(problem && "code" in problem && problem.code === "LB7106", JSON.stringify(problem));
  assert.deepEqual(
    readdirSync(folder).filter((name) => name !== "new.db"),
    before,
  );
  makeRoom();
  assert.equal((await (await directory.open({ migrations: newer })).list("")).length, 20);
});

test("a read-only file system is a Problem", async (t) => {
  await using directory = new StoreDirectory("disk");
  const disk = directory.use(mountOrSkip(t, dirname(directory.path), "size=4m"));
  if (!disk) return;
  await (await directory.open()).close();
  execFileSync("mount", ["-o", "remount,ro", dirname(directory.path)]);
  for (const path of [directory.path, join(dirname(directory.path), "new.db")]) {
    const problem = await directory.tryOpen({ path });
    assert.ok("code" in problem);
    assert.equal(problem.code, "LB7107", problem.message);
  }
});

test("a disk that hangs holds up the store, and nothing else of the process; afterwards all is well", async (t) => {
  await using directory = new StoreDirectory("disk");
  const disk = directory.use(freezableDiskOrSkip(t, dirname(directory.path)));
  if (!disk) return;
  const store = await directory.open();
  await put(store, "/a", "1");
  disk.freeze();
  const settled: string[] = [];
  const writes = [1, 2, 3].map((i) => put(store, `/${i}`, "x").then(() => settled.push(`/${i}`)));
  const start = performance.now();
  let longest = 0;
  for (let last = start, now = last; now - start < 300; last = now) {
    await turn();
    now = performance.now();
    longest = Math.max(longest, now - last);
  }
  assert.deepEqual(settled, []);
  assert.ok(longest < 200, `the event loop stood still for ${longest} ms`);
  disk.thaw();
  await Promise.all(writes);
  await waitFor("every write", () => settled.length === 3);
  assert.equal((await store.list("")).length, 4);
});
