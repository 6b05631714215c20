import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChangesPage } from "../../../src/storage/sqlite/protocol.ts";
import { Watchers } from "../../../src/storage/sqlite/watchers.ts";
import { CommitLog, untilClosed } from "../../support/store-writes.ts";
import { waitFor } from "../../support/wait-for.ts";

const change = (revision: number) => ({ key: "/a", value: Buffer.from("x"), revision, first: revision });

/** Reading that the test answers. */
class ScriptedReading {
  readonly asked: { after: number; done: (page: ChangesPage) => void; failed: (error: Error) => void }[] = [];
  readonly complaints: string[] = [];
  readonly watchers = new Watchers(
    {
      readChanges: (after, done, failed) => void this.asked.push({ after, done, failed }),
      complain: (message) => void this.complaints.push(message),
    },
    10,
    0,
  );
}

test("a watcher that can't read what it missed holds up nobody, keeps its changes, and gets them later", async () => {
  const { watchers, asked, complaints } = new ScriptedReading();
  const log = new CommitLog();
  watchers.watch(7, log.onCommit, untilClosed());
  watchers.deliver([change(11)]);
  const settled: string[] = [];
  watchers.whenTold(11, () => settled.push("write"));
  const compacted = watchers.leaveBehind(9).then(() => settled.push("compaction"));
  assert.deepEqual(settled, []);
  asked[0]?.failed(new Error("the disk reported an error"));
  assert.deepEqual(settled, ["write"]);
  assert.equal(complaints.length, 1);
  await waitFor("another try", () => asked.length === 2);
  assert.deepEqual([asked[1]?.after, settled], [7, ["write"]]);
  asked[1]?.done({ changes: [8, 9, 10, 11].map(change), last: true });
  await compacted;
  assert.deepEqual(log.revisions, [8, 9, 10, 11]);
  watchers.deliver([change(12)]);
  assert.deepEqual(log.revisions, [8, 9, 10, 11, 12]);
});

test("a watcher that ends while it reads holds up nobody any more, and is called no more", () => {
  const { watchers, asked } = new ScriptedReading();
  const ending = new AbortController();
  const log = new CommitLog();
  watchers.watch(5, log.onCommit, ending.signal);
  let told = false;
  watchers.whenTold(10, () => {
    told = true;
  });
  ending.abort();
  assert.ok(told);
  asked[0]?.done({ changes: [change(6)], last: false });
  assert.deepEqual([log.commits, asked.length], [[], 1]);
});

test("what is answered while somebody reads is answered in the order in which it came", () => {
  const { watchers, asked } = new ScriptedReading();
  watchers.watch(5, () => undefined, untilClosed());
  const settled: number[] = [];
  for (const revision of [10, 11, 12]) watchers.whenTold(revision, () => settled.push(revision));
  asked[0]?.done({ changes: [6, 7, 8, 9, 10].map(change), last: false });
  assert.deepEqual(settled, [10]);
  asked[1]?.done({ changes: [change(11)], last: true });
  assert.deepEqual(settled, [10, 11, 12]);
});
