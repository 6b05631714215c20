/** Writing to a store and reading from it in tests, in few words. Values are text. */
import assert from "node:assert/strict";
import type { JournalNote, Store, StoredChange, StoredValue } from "../../src/storage/store.ts";

/** Puts one value, whatever was there; its revision. */
export async function put(store: Store, key: string, text: string, note?: JournalNote): Promise<number> {
  const outcome = await store.write([{ key, value: Buffer.from(text) }], note);
  assert.equal(outcome.kind, "written", JSON.stringify(outcome));
  return outcome.kind === "written" ? (outcome.changes[0]?.revision ?? 0) : 0;
}

export async function remove(store: Store, key: string): Promise<void> {
  const outcome = await store.write([{ key, value: undefined }]);
  assert.equal(outcome.kind, "written", JSON.stringify(outcome));
}

export async function textOf(store: Store, key: string): Promise<string | undefined> {
  return (await store.read(key))?.value.toString();
}

/** "key=text@revision", for reading in assertions. */
export function shown({ key, value, revision }: StoredValue | StoredChange): string {
  return `${key}${value === undefined ? " deleted" : `=${value}`}@${revision}`;
}

/** For a watcher that goes on as long as its store. */
export function untilClosed(): AbortSignal {
  return new AbortController().signal;
}

/** What a watcher is told, commit by commit. */
export class CommitLog {
  readonly commits: (readonly StoredChange[])[] = [];
  readonly onCommit = (changes: readonly StoredChange[]): void => void this.commits.push(changes);

  get shown(): string[] {
    return this.commits.flat().map(shown);
  }

  get revisions(): number[] {
    return this.commits.flat().map(({ revision }) => revision);
  }
}
