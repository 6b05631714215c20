/** Who is told of commits. One that starts from an older revision first reads what it missed, then joins the others. */
import type { StoredChange, WatchStart } from "../store.ts";
import type { ChangeRow, ChangesPage } from "./protocol.ts";

export type OnCommit = (changes: readonly StoredChange[]) => void;

/** How long after a failed read of what it missed a watcher tries again. Milliseconds. */
const RETRY_MS = 1_000;

/** What the watchers need of the store. */
export interface WatchSource {
  /** Reads the changes after a revision. `done` is called before any later commit is delivered. */
  readChanges(after: number, done: (page: ChangesPage) => void, failed: (error: Error) => void): void;
  complain(message: string, error: unknown): void;
}

interface Watcher {
  readonly onCommit: OnCommit;
  /** It was told of everything up to this revision. */
  seen: number;
  /** live: told of each commit as it comes. behind: reading. stalled: reading failed; nobody waits for it. */
  state: "live" | "behind" | "stalled";
}

interface Held {
  readonly revision: number;
  readonly settle: () => void;
}

export class Watchers {
  readonly #source: WatchSource;
  readonly #watchers = new Set<Watcher>();
  /** Those of them that aren't live. */
  readonly #reading = new Set<Watcher>();
  /** Answers that wait until those who are behind have been told, in order. */
  readonly #answers: Held[] = [];
  /** Compactions that wait until nobody needs the changes any more, not even the stalled. */
  readonly #compactions: Held[] = [];
  /** The newest change that the live ones were told of. */
  #delivered: number;
  #compacted: number;

  constructor(source: WatchSource, newestChange: number, compacted: number) {
    this.#source = source;
    this.#delivered = newestChange;
    this.#compacted = compacted;
  }

  watch(from: number, onCommit: OnCommit, signal: AbortSignal): WatchStart {
    if (from < this.#compacted) return { kind: "compacted", oldest: this.#compacted };
    if (signal.aborted) return { kind: "watching" };
    const watcher: Watcher = { onCommit, seen: from, state: "live" };
    this.#watchers.add(watcher);
    signal.addEventListener("abort", () => this.#leave(watcher), { once: true });
    if (from < this.#delivered) this.#catchUp(watcher);
    return { kind: "watching" };
  }

  /** Tells everybody who is live. */
  deliver(changes: readonly StoredChange[]): void {
    const newest = changes.at(-1)?.revision;
    if (newest === undefined) return;
    this.#delivered = newest;
    for (const watcher of [...this.#watchers]) if (watcher.state === "live") this.#tell(watcher, changes);
  }

  /** Calls `settle` when everybody was told of the changes up to `revision`; after those held before. */
  whenTold(revision: number, settle: () => void): void {
    this.#answers.push({ revision, settle });
    this.#release();
  }

  /** Who starts from before `revision` is told "compacted" from now on. Resolves when nobody reads there any more. */
  leaveBehind(revision: number): Promise<void> {
    this.#compacted = Math.max(this.#compacted, revision);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#compactions.push({ revision, settle: resolve });
    this.#release();
    return promise;
  }

  /** Nobody is told of anything any more. */
  close(): void {
    for (const watcher of [...this.#watchers]) this.#leave(watcher);
  }

  #catchUp(watcher: Watcher): void {
    watcher.state = "behind";
    this.#reading.add(watcher);
    this.#source.readChanges(
      watcher.seen,
      (page) => this.#readPage(watcher, page),
      (error) => this.#stall(watcher, error),
    );
  }

  #stall(watcher: Watcher, error: Error): void {
    if (!this.#watchers.has(watcher)) return;
    this.#source.complain("a watcher can't read what it missed", error);
    watcher.state = "stalled";
    this.#release();
    const retry = () => {
      if (this.#watchers.has(watcher)) this.#catchUp(watcher);
    };
    setTimeout(retry, RETRY_MS).unref();
  }

  #readPage(watcher: Watcher, { changes, last }: ChangesPage): void {
    for (const commit of commitsOf(changes)) {
      if (!this.#watchers.has(watcher)) return;
      this.#tell(watcher, commit);
    }
    if (!this.#watchers.has(watcher)) return;
    if (last) this.#join(watcher);
    else this.#catchUp(watcher);
    this.#release();
  }

  #join(watcher: Watcher): void {
    watcher.state = "live";
    this.#reading.delete(watcher);
  }

  #tell(watcher: Watcher, changes: readonly StoredChange[]): void {
    const newest = changes.at(-1)?.revision ?? 0;
    if (newest <= watcher.seen) return;
    const first = changes[0]?.revision ?? 0;
    const news = first > watcher.seen ? changes : changes.filter(({ revision }) => revision > watcher.seen);
    watcher.seen = newest;
    try {
      watcher.onCommit(news);
    } catch (error) {
      this.#source.complain("a watcher failed", error);
    }
  }

  #leave(watcher: Watcher): void {
    this.#watchers.delete(watcher);
    this.#reading.delete(watcher);
    this.#release();
  }

  #release(): void {
    const reading = [...this.#reading];
    settleUpTo(
      this.#answers,
      reading.filter(({ state }) => state === "behind").map(({ seen }) => seen),
    );
    settleUpTo(
      this.#compactions,
      reading.map(({ seen }) => seen),
    );
  }
}

/** Settles those at the front whose revision everybody has seen. */
function settleUpTo(held: Held[], seen: readonly number[]): void {
  const everybody = Math.min(...seen);
  const waiting = held.findIndex(({ revision }) => revision > everybody);
  for (const { settle } of held.splice(0, waiting < 0 ? held.length : waiting)) settle();
}

function commitsOf(changes: readonly ChangeRow[]): StoredChange[][] {
  const commits: StoredChange[][] = [];
  let first: number | undefined;
  for (const change of changes) {
    if (change.first !== first) commits.push([]);
    first = change.first;
    commits.at(-1)?.push(storedChange(change));
  }
  return commits;
}

function storedChange({ key, revision, value }: ChangeRow): StoredChange {
  return { key, revision, value: value && Buffer.from(value.buffer, value.byteOffset, value.byteLength) };
}
