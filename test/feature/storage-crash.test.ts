/** Whoever was told that a write is done can rely on it, wherever the process is killed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { randomNumbers } from "../../bench/random.ts";
import { verifyJournalFile } from "../../src/storage/sqlite/journal-file.ts";
import type { JournalEntry, Store } from "../../src/storage/store.ts";
import { crash } from "../support/store-crash.ts";
import { StoreDirectory } from "../support/store-directory.ts";
import { untilClosed } from "../support/store-writes.ts";

const KILLS = 30;
const SEED = 4;

/** What was acknowledged so far, and must be so for ever. */
class Acknowledged {
  /** By key: the newest value that a writer was told is written. */
  readonly values = new Map<string, { value: string; revision: number }>();
  readonly notes = new Set<string>();
  newest = 0;
  writes = 0;

  /** The lines of one life of the process. Revisions of one life are above all of the lives before, and used once. */
  take(lines: readonly string[][]): void {
    const before = this.newest;
    const used = new Set<number>();
    for (const [word, first, count, key, ...value] of lines) {
      if (word === "ready") assert.ok(Number(first) >= before, "it starts above what was given out");
      if (word !== "written" && word !== "advanced") continue;
      for (let revision = Number(first); revision < Number(first) + Number(count); revision += 1) {
        assert.ok(revision > before, `revision ${revision} went back`);
        assert.ok(!used.has(revision), `revision ${revision} was used twice`);
        used.add(revision);
        this.newest = Math.max(this.newest, revision);
      }
      if (word !== "written" || key === undefined) continue;
      this.writes += 1;
      this.notes.add(value.join(" "));
      const older = this.values.get(key);
      if (!older || older.revision < Number(first))
        this.values.set(key, { value: value.join(" "), revision: Number(first) });
    }
  }
}

test(`of ${KILLS} kills amid writes none loses or repeats anything, and the journal is in step`, async (t) => {
  await using directory = new StoreDirectory();
  const random = randomNumbers(SEED);
  const acknowledged = new Acknowledged();
  let read = 0;
  const newestNotes = new Map<string, string>();
  for (let kill = 0; kill < KILLS; kill += 1) {
    // Some before it is ready: while it opens what the last kill has left.
    const lines = kill % 6 === 5 ? 0 : Math.ceil(random() * 400);
    const ms = lines === 0 ? 100 + random() * 200 : random() * 5;
    const { lines: printed } = await crash({ act: "write", path: directory.path, lines, ms });
    acknowledged.take(printed);
    const store = await directory.open();
    assert.ok(store.revision >= acknowledged.newest);
    const entries = await readEntries(store, read);
    read += entries.length;
    for (const { note } of entries) newestNotes.set(String(note.key), String(note.value));
    for (const { note } of entries) acknowledged.notes.delete(String(note.value));
    await checkObjects(store, acknowledged, newestNotes);
    assert.deepEqual([...acknowledged.notes], [], "every acknowledged write has its entry");
    await checkChanges(store);
    assert.equal((await store.journal.verify()).kind, "whole");
    acknowledged.newest = Math.max(acknowledged.newest, store.revision);
    await store.close();
  }
  const verdict = verifyJournalFile(directory.path);
  assert.ok("kind" in verdict && verdict.kind === "whole" && verdict.entries === read);
  t.diagnostic(`${acknowledged.writes} acknowledged writes`);
  assert.ok(acknowledged.writes > 50 * KILLS, "it was writing when it was killed");
});

async function readEntries(store: Store, after: number): Promise<JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for (let page: readonly JournalEntry[] = []; ; entries.push(...page)) {
    page = await store.journal.read(after + entries.length, 1000);
    if (page.length === 0) return entries;
  }
}

/** Each key holds what was acknowledged last, or what was written after; the journal's newest note of it says the same. */
async function checkObjects(
  store: Store,
  { values }: Acknowledged,
  newestNotes: ReadonlyMap<string, string>,
): Promise<void> {
  const held = new Map((await store.list("")).map((stored) => [stored.key, stored]));
  for (const [key, { value, revision }] of values) {
    const stored = held.get(key);
    assert.ok(stored && stored.revision >= revision, `${key} was lost`);
    if (stored.revision === revision) assert.equal(stored.value.toString(), value);
  }
  for (const [key, { value, revision }] of held) {
    if (key.startsWith("/twin")) continue;
    assert.equal(value.toString(), newestNotes.get(key), `the journal is in step with ${key}`);
    assert.equal(held.get(`/twin${key}`)?.revision, revision + 1, "what was written together is there together");
  }
}

/** Every change that is kept can be watched, and the newest of each key is what the key holds. */
async function checkChanges(store: Store): Promise<void> {
  const start = store.watch(0, () => undefined, untilClosed());
  const oldest = start.kind === "compacted" ? start.oldest : 0;
  const newest = new Map<string, number>();
  store.watch(
    oldest,
    (changes) => changes.forEach(({ key, revision }) => void newest.set(key, revision)),
    untilClosed(),
  );
  // Answered after the watcher was told of everything.
  await store.advance(1);
  for (const { key, revision } of await store.list(""))
    assert.ok((newest.get(key) ?? 0) === revision || (!newest.has(key) && revision <= oldest), `the changes of ${key}`);
}
