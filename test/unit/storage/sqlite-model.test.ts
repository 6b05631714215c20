/** Random use of a store, held against a model that is a Map and a list. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Store, StoredChange, Write } from "../../../src/storage/store.ts";
import { StoreDirectory } from "../../support/store-directory.ts";
import { CommitLog, shown, untilClosed } from "../../support/store-writes.ts";
import { waitFor } from "../../support/wait-for.ts";

const KEEP_CHANGES = 12;
const KEYS = ["/a", "/a/b", "/a/bc", "/ü", "/z"];

/** What a writer believes of a key: nothing, its revision as it is, or something older or made up. */
type Belief = "none" | "current" | "absent" | "stale";

interface PlannedWrite {
  readonly key: string;
  readonly value: string | undefined;
  readonly belief: Belief;
}

type Step =
  /** Writes that are posted one after the other without waiting. */
  | { readonly kind: "burst"; readonly writes: readonly (readonly PlannedWrite[])[] }
  | { readonly kind: "list"; readonly prefix: string }
  | { readonly kind: "advance"; readonly count: number }
  /** From this share of the history. */
  | { readonly kind: "watch"; readonly share: number }
  | { readonly kind: "compact"; readonly share: number }
  | { readonly kind: "reopen" };

const plannedWrite: fc.Arbitrary<PlannedWrite> = fc.record({
  key: fc.constantFrom(...KEYS),
  value: fc.option(fc.string(), { nil: undefined, freq: 4 }),
  belief: fc.constantFrom<Belief>("none", "none", "current", "current", "absent", "stale"),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("burst" as const),
      writes: fc.array(fc.uniqueArray(plannedWrite, { minLength: 1, maxLength: 3, selector: ({ key }) => key }), {
        minLength: 1,
        maxLength: 6,
      }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("list" as const), prefix: fc.constantFrom("", "/", "/a", "/a/", "/x") }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("advance" as const), count: fc.integer({ min: 1, max: 50 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("watch" as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("compact" as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: "reopen" as const }) },
);

interface Watch {
  readonly from: number;
  readonly log: CommitLog;
}

class Model {
  readonly held = new Map<string, StoredChange>();
  readonly history: StoredChange[] = [];
  revision = 0;
  compacted = 0;
  watches: Watch[] = [];

  /** The revisions at which somebody may have stopped listening. */
  at(share: number): number {
    const index = Math.floor(share * this.history.length);
    return index === this.history.length ? this.revision : (this.history[index]?.revision ?? 0);
  }

  after(revision: number): StoredChange[] {
    return this.history.filter((change) => change.revision > revision);
  }

  writes(planned: readonly PlannedWrite[]): Write[] {
    return planned.map(({ key, value, belief }) => {
      const current = this.held.get(key)?.revision ?? 0;
      const expected = { none: undefined, current, absent: 0, stale: current + 1_000_000 }[belief];
      return { key, value: value === undefined ? undefined : Buffer.from(value), expected };
    });
  }

  conflict(writes: readonly Write[]): { key: string; revision: number } | undefined {
    for (const { key, expected } of writes) {
      const revision = this.held.get(key)?.revision ?? 0;
      if (expected !== undefined && expected !== revision) return { key, revision };
    }
    return undefined;
  }

  /** Takes over what the store says that it has written, if that is what it should have. */
  apply(writes: readonly Write[], changes: readonly StoredChange[]): void {
    const effective = writes.filter(({ key, value }) => value !== undefined || this.held.has(key));
    assert.deepEqual(
      changes.map(({ key, value }) => [key, value]),
      effective.map(({ key, value }) => [key, value]),
    );
    for (const change of changes) {
      assert.ok(change.revision > this.revision, "revisions grow");
      this.revision = change.revision;
      this.history.push(change);
      if (change.value === undefined) this.held.delete(change.key);
      else this.held.set(change.key, change);
    }
  }
}

async function run(steps: readonly Step[], directory: StoreDirectory): Promise<void> {
  const model = new Model();
  const options = { keepChanges: KEEP_CHANGES };
  let store = await directory.open(options);
  const take = async (step: Step): Promise<void> => {
    switch (step.kind) {
      case "burst":
        return burst(store, model, step.writes);
      case "list":
        return list(store, model, step.prefix);
      case "advance": {
        const first = await store.advance(step.count);
        assert.ok(first > model.revision);
        model.revision = first + step.count - 1;
        assert.equal(store.revision, model.revision);
        return;
      }
      case "watch":
        return watch(store, model, model.at(step.share));
      case "compact":
        model.compacted = Math.max(model.compacted, model.at(step.share));
        return store.compact(model.at(step.share));
      case "reopen":
        await told(model);
        store = await directory.reopen(store, options);
        model.watches = [];
        assert.ok(store.revision >= model.revision);
        model.revision = store.revision;
        return;
    }
  };
  for (const step of steps) await take(step);
  await told(model);
  await list(store, model, "");
  await store.close();
}

async function burst(store: Store, model: Model, planned: readonly (readonly PlannedWrite[])[]): Promise<void> {
  const posted = planned.map((writes) => {
    const write = model.writes(writes);
    return { write, outcome: store.write(write) };
  });
  let settled = false;
  for (const { write, outcome } of posted) {
    const conflict = model.conflict(write);
    const answer = await outcome;
    if (conflict) {
      assert.deepEqual(answer, { kind: "conflict", ...conflict });
      continue;
    }
    if (answer.kind !== "written") assert.fail(JSON.stringify(answer));
    model.apply(write, answer.changes);
    settled = true;
  }
  // Whoever was told of a write finds that every watcher was called with it.
  if (settled) for (const { from, log } of model.watches) assert.deepEqual(log.shown, model.after(from).map(shown));
}

async function list(store: Store, model: Model, prefix: string): Promise<void> {
  const expected = [...model.held.values()].filter(({ key }) => key.startsWith(prefix));
  expected.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  assert.deepEqual((await store.list(prefix)).map(shown), expected.map(shown));
  for (const key of KEYS) assert.deepEqual(await store.read(key), model.held.get(key));
}

function watch(store: Store, model: Model, from: number): void {
  const log = new CommitLog();
  const start = store.watch(from, log.onCommit, untilClosed());
  if (start.kind === "watching") {
    assert.ok(from >= model.compacted, "what was compacted is not promised");
    model.watches.push({ from, log });
    return;
  }
  assert.ok(start.oldest > from);
  const byItself = start.oldest > model.compacted;
  if (byItself) assert.ok(model.after(start.oldest).length >= KEEP_CHANGES, "so many changes are kept");
}

function told(model: Model): Promise<unknown> {
  return waitFor("every watcher to be told of everything", () =>
    model.watches.every(({ from, log }) => log.commits.flat().length >= model.after(from).length),
  ).then(() => {
    for (const { from, log } of model.watches) assert.deepEqual(log.shown, model.after(from).map(shown));
  });
}

test("whatever is done with a store, it is as a map with a history would be", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
      await using directory = new StoreDirectory();
      await run(steps, directory);
    }),
    { numRuns: 40 },
  );
});
