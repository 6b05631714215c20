import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Store, StoredChange } from "../../src/storage/store.ts";
import { CommitLog, put, remove, shown, textOf, untilClosed } from "./store-writes.ts";
import { waitFor } from "./wait-for.ts";

/** What a test needs to make of one implementation. */
export interface StoreHarness {
  readonly store: Store;
  /** Closes the store and opens it again, as a restart does. */
  reopen(): Promise<Store>;
  /** A path for a backup. */
  readonly backupPath: string;
  close(): Promise<void>;
}

/** The promises of Store, for each implementation. */
export function testStore(name: string, start: () => Promise<StoreHarness>): void {
  describe(`${name} keeps the promises of a Store`, () => {
    const promise = (title: string, body: (store: Store, harness: StoreHarness) => Promise<void>) =>
      test(title, async () => {
        const harness = await start();
        try {
          await body(harness.store, harness);
        } finally {
          await harness.close();
        }
      });

    promise("what was written is read, with the revision that wrote it", async (store) => {
      const revision = await put(store, "/a/one", "first");
      assert.deepEqual(await store.read("/a/one"), { key: "/a/one", value: Buffer.from("first"), revision });
      assert.equal(await store.read("/a/two"), undefined);
      assert.equal(store.revision, revision);
    });

    promise("values are bytes: empty, large, and any byte", async (store) => {
      const values = [Buffer.alloc(0), Buffer.alloc(3_000_000, 7), Buffer.from([0, 255, 0, 128])];
      for (const [index, value] of values.entries()) await store.write([{ key: `/v/${index}`, value }]);
      for (const [index, value] of values.entries()) assert.deepEqual((await store.read(`/v/${index}`))?.value, value);
    });

    promise("small values that share a pool are kept apart", async (store) => {
      const pooled = Array.from({ length: 20 }, (_, index) => Buffer.from(`pooled ${index}`));
      await Promise.all(pooled.map((value, index) => store.write([{ key: `/p/${index}`, value }])));
      for (const [index, value] of pooled.entries()) assert.deepEqual((await store.read(`/p/${index}`))?.value, value);
    });

    promise("a list has the keys with the prefix, by key, and no other", async (store) => {
      for (const key of ["/b/2", "/a", "/b/10", "/b/", "/c/1", "/b", "/b0", "/b/ü", "/b/\u{10ffff}x"])
        await put(store, key, key);
      const keys = async (prefix: string) => (await store.list(prefix)).map(({ key }) => key);
      assert.deepEqual(await keys("/b/"), ["/b/", "/b/10", "/b/2", "/b/ü", "/b/\u{10ffff}x"]);
      assert.equal((await keys("")).length, 9);
      assert.deepEqual(await keys("/b/\u{10ffff}"), ["/b/\u{10ffff}x"]);
      assert.deepEqual(await keys("/d"), []);
    });

    promise("revisions grow with every change, and are consecutive within a commit", async (store) => {
      const first = await put(store, "/a", "1");
      const outcome = await store.write([
        { key: "/b", value: Buffer.from("1") },
        { key: "/a", value: undefined },
        { key: "/c", value: Buffer.from("1") },
      ]);
      assert.equal(outcome.kind, "written");
      const revisions = outcome.kind === "written" ? outcome.changes.map(({ revision }) => revision) : [];
      const [start = 0] = revisions;
      assert.ok(start > first);
      assert.deepEqual(revisions, [start, start + 1, start + 2]);
      assert.equal(store.revision, start + 2);
    });

    promise("a write with expectations is done whole or not at all", async (store) => {
      const revision = await put(store, "/a", "1");
      const refused = await store.write([
        { key: "/b", value: Buffer.from("new"), expected: 0 },
        { key: "/a", value: Buffer.from("2"), expected: revision - 1 },
      ]);
      assert.deepEqual(refused, { kind: "conflict", key: "/a", revision });
      assert.equal(await store.read("/b"), undefined);
      assert.equal(store.revision, revision);
      const done = await store.write([
        { key: "/b", value: Buffer.from("new"), expected: 0 },
        { key: "/a", value: Buffer.from("2"), expected: revision },
      ]);
      assert.equal(done.kind, "written");
      assert.equal(await textOf(store, "/a"), "2");
    });

    promise("expecting nothing is a conflict with something, and the other way around", async (store) => {
      const revision = await put(store, "/a", "1");
      const value = Buffer.from("2");
      assert.deepEqual(await store.write([{ key: "/a", value, expected: 0 }]), {
        kind: "conflict",
        key: "/a",
        revision,
      });
      assert.deepEqual(await store.write([{ key: "/b", value, expected: 7 }]), {
        kind: "conflict",
        key: "/b",
        revision: 0,
      });
    });

    promise("of writers that know the same revision one wins", async (store) => {
      const expected = await put(store, "/a", "0");
      const writers = Array.from({ length: 20 }, (_, index) =>
        store.write([{ key: "/a", value: Buffer.from(`${index}`), expected }]),
      );
      const kinds = (await Promise.all(writers)).map(({ kind }) => kind);
      assert.equal(kinds.filter((kind) => kind === "written").length, 1);
      assert.equal(kinds.filter((kind) => kind === "conflict").length, 19);
    });

    promise("deleting what isn't there changes nothing", async (store) => {
      const log = new CommitLog();
      store.watch(store.revision, log.onCommit, untilClosed());
      assert.deepEqual(await store.write([{ key: "/a", value: undefined }]), { kind: "written", changes: [] });
      assert.deepEqual(log.commits, []);
    });

    promise("whoever was told of a write finds that every watcher was called with it", async (store) => {
      const log = new CommitLog();
      assert.deepEqual(store.watch(store.revision, log.onCommit, untilClosed()), { kind: "watching" });
      for (let i = 0; i < 20; i += 1) {
        const revision = await put(store, "/a", `${i}`);
        assert.equal(log.revisions.at(-1), revision);
      }
    });

    promise("a watcher from an old revision is told of everything since, commit by commit", async (store) => {
      const from = await put(store, "/a", "1");
      await store.write([
        { key: "/b", value: Buffer.from("1") },
        { key: "/c", value: Buffer.from("1") },
      ]);
      await store.advance(5);
      await remove(store, "/a");
      const log = new CommitLog();
      store.watch(from, log.onCommit, untilClosed());
      const last = await put(store, "/d", "1");
      assert.deepEqual(
        log.commits.map((commit) => commit.map(({ key }) => key)),
        [["/b", "/c"], ["/a"], ["/d"]],
      );
      assert.equal(log.revisions.at(-1), last);
      assert.equal(log.commits[1]?.[0]?.value, undefined);
    });

    promise("a watcher that starts amid many writes misses none and hears none twice", async (store) => {
      const from = store.revision;
      const logs: CommitLog[] = [];
      const writes: Promise<number>[] = [];
      for (let i = 0; i < 400; i += 1) {
        writes.push(put(store, `/${i % 7}`, `${i}`));
        if (i % 40 !== 0) continue;
        await writes[Math.floor(i / 2)];
        const log = new CommitLog();
        logs.push(log);
        store.watch(from, log.onCommit, untilClosed());
      }
      const revisions = await Promise.all(writes);
      for (const log of logs) assert.deepEqual(log.revisions, revisions);
    });

    promise("what one watcher throws, or ends, is nothing to another", async (store) => {
      const log = new CommitLog();
      const ending = new AbortController();
      const ended = new CommitLog();
      const onEnding = (changes: readonly StoredChange[]) => {
        ended.onCommit(changes);
        ending.abort();
      };
      store.watch(store.revision, () => assert.fail("thrown by a watcher"), untilClosed());
      store.watch(store.revision, onEnding, ending.signal);
      store.watch(store.revision, log.onCommit, untilClosed());
      const revisions = [await put(store, "/a", "1"), await put(store, "/a", "2")];
      assert.deepEqual(log.revisions, revisions);
      assert.deepEqual(ended.revisions, revisions.slice(0, 1));
    });

    promise("a watcher from the future hears only of what is newer", async (store) => {
      const revision = await put(store, "/a", "1");
      const log = new CommitLog();
      store.watch(revision + 2, log.onCommit, untilClosed());
      for (let i = 0; i < 4; i += 1) await put(store, "/a", `${i}`);
      assert.deepEqual(log.revisions, [revision + 3, revision + 4]);
    });

    promise("revisions for others are above all that were given out, and below all that follow", async (store) => {
      const before = await put(store, "/a", "1");
      const first = await store.advance(10);
      assert.ok(first > before);
      assert.equal(store.revision, first + 9);
      assert.ok((await put(store, "/a", "2")) > first + 9);
    });

    promise("writes and advances settle in the order of their revisions", async (store) => {
      const settled: number[] = [];
      const steps = Array.from({ length: 200 }, (_, i) =>
        (i % 3 === 0 ? store.advance(2) : put(store, "/a", `${i}`)).then((revision) => settled.push(revision)),
      );
      await Promise.all(steps);
      assert.deepEqual(
        settled,
        settled.toSorted((a, b) => a - b),
      );
    });

    promise(
      "who waits for an advance acts on it before watchers hear of commits with greater revisions",
      async (store) => {
        const heard: number[] = [];
        const onCommit = (changes: readonly StoredChange[]) => heard.push(...changes.map(({ revision }) => revision));
        store.watch(store.revision, onCommit, untilClosed());
        const advance = async () => heard.push(await store.advance(2));
        await Promise.all(Array.from({ length: 200 }, (_, i) => (i % 3 === 0 ? advance() : put(store, "/a", `${i}`))));
        assert.deepEqual(
          heard,
          heard.toSorted((a, b) => a - b),
        );
      },
    );

    promise("an advance waits for a watcher that was not told yet of an earlier commit", async (store) => {
      const from = store.revision;
      for (let i = 0; i < 1500; i += 1) void put(store, `/${i}`, "x");
      await put(store, "/last", "x");
      const heard: number[] = [];
      store.watch(from, (changes) => heard.push(changes.at(-1)?.revision ?? 0), untilClosed());
      const written = put(store, "/after", "x");
      const advanced = store.advance(1).then((revision) => {
        assert.ok((heard.at(-1) ?? 0) >= revision - 1, "told of the commit before");
      });
      await Promise.all([written, advanced]);
    });

    promise(
      "after a restart everything is there, and revisions go on above those given out",
      async (store, harness) => {
        const revision = await put(store, "/a", "1");
        const advanced = (await store.advance(1000)) + 999;
        const again = await harness.reopen();
        assert.deepEqual((await again.list("")).map(shown), [`/a=1@${revision}`]);
        assert.ok(again.revision >= advanced);
        assert.ok((await again.advance(1)) > advanced);
        const log = new CommitLog();
        assert.deepEqual(again.watch(revision - 1, log.onCommit, untilClosed()), { kind: "watching" });
        await waitFor("the old change", () => log.revisions.includes(revision));
      },
    );

    promise("what was compacted is known to be gone, what the keys hold stays", async (store, harness) => {
      const revisions: number[] = [];
      for (let i = 0; i < 10; i += 1) revisions.push(await put(store, `/${i % 3}`, `${i}`));
      const [, , , , upTo = 0, next = 0] = revisions;
      await store.compact(upTo);
      const check = async (compacted: Store) => {
        const nothing = new CommitLog();
        const started = compacted.watch(upTo - 1, nothing.onCommit, untilClosed());
        assert.deepEqual(started, { kind: "compacted", oldest: upTo });
        const log = new CommitLog();
        assert.deepEqual(compacted.watch(upTo, log.onCommit, untilClosed()), { kind: "watching" });
        await waitFor("the newer changes", () => log.commits.length === 5);
        assert.equal(log.revisions[0], next);
        assert.deepEqual(nothing.commits, []);
        assert.equal((await compacted.list("")).length, 3);
      };
      await check(store);
      await check(await harness.reopen());
    });

    promise("compacting the future forgets what there is, and nothing that comes", async (store) => {
      await put(store, "/a", "1");
      await store.compact(store.revision + 1_000);
      const log = new CommitLog();
      assert.equal(store.watch(store.revision, log.onCommit, untilClosed()).kind, "watching");
      await put(store, "/a", "2");
      assert.equal(log.commits.length, 1);
    });

    promise("a note is kept with its write, and not with a write that was refused", async (store, harness) => {
      await put(store, "/a", "1", { user: "anna", verb: "create" });
      await store.write([{ key: "/a", value: Buffer.from("2"), expected: 0 }], { user: "ben", verb: "create" });
      assert.equal(await store.journal.append({ verb: "denied", user: "ben" }), undefined);
      const again = await harness.reopen();
      const entries = await again.journal.read(0, 10);
      assert.deepEqual(
        entries.map(({ number, note }) => [number, note.user, note.verb]),
        [
          [1, "anna", "create"],
          [2, "ben", "denied"],
        ],
      );
      assert.equal(entries[0]?.previous, "0".repeat(64));
      assert.equal(entries[1]?.previous, entries[0]?.hash);
      assert.deepEqual(await again.journal.read(1, 10), entries.slice(1));
      assert.deepEqual(await again.journal.verify(), { kind: "whole", entries: 2, head: entries[1]?.hash });
    });

    promise("a backup is made while writes go on, and never over another file", async (store, harness) => {
      const writes = Array.from({ length: 50 }, (_, i) => put(store, `/${i}`, "x".repeat(2000)));
      assert.equal(await store.backup(harness.backupPath), undefined);
      await Promise.all(writes);
      assert.ok(await store.backup(harness.backupPath));
    });

    promise("after closing, writes are refused and reads reject", async (store) => {
      const pending = put(store, "/a", "1");
      await store.close();
      await pending;
      const outcome = await store.write([{ key: "/a", value: Buffer.from("2") }]);
      assert.equal(outcome.kind, "refused");
      await assert.rejects(store.read("/a"));
      await store.close();
    });
  });
}
