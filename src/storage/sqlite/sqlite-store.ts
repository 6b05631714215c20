/** The store in one SQLite file, in the control plane's thread: asks the store's thread, and tells the watchers. */
import { setTimeout as delay } from "node:timers/promises";
import type { Problem } from "../../model/problem.ts";
import { StorageFailure } from "../storage-problem.ts";
import type { JournalNote, Store, StoredValue, WatchStart, Write, WriteOutcome } from "../store.ts";
import { Compaction } from "./compaction.ts";
import { asBuffer, changesOf, postedWrite } from "./posted-write.ts";
import type { CommitAnswer, ObjectRow, OpenedStore, PostedWrite } from "./protocol.ts";
import { renewSeals } from "./sealing-upkeep.ts";
import { SqliteJournal } from "./sqlite-journal.ts";
import type { StoreThread } from "./store-thread.ts";
import { type OnCommit, Watchers } from "./watchers.ts";

/** How long until it is tried again to get revisions that can't be had now, as when the disk is full. Milliseconds. */
const RETRY_MS = 1_000;

export interface StoreSettings {
  readonly isSecret: (key: string) => boolean;
  /** How many changes are kept for those who watch from an older revision. */
  readonly keepChanges: number;
  readonly now: () => Date;
  /** Told of what went wrong where nobody waits for an answer: a watcher that throws, a compaction that failed. */
  readonly complain: (message: string, error: unknown) => void;
}

export class SqliteStore implements Store {
  readonly journal: SqliteJournal;
  readonly #thread: StoreThread;
  readonly #settings: StoreSettings;
  readonly #watchers: Watchers;
  readonly #compaction: Compaction;
  readonly #closing = new AbortController();
  readonly #backups = new Set<Promise<unknown>>();
  #revision: number;
  #closed: Promise<void> | undefined;

  constructor(thread: StoreThread, opened: OpenedStore, settings: StoreSettings) {
    this.#thread = thread;
    this.#settings = settings;
    this.#revision = opened.revision;
    const readChanges = (after: number, done: (page: never) => void, failed: (error: Error) => void) =>
      thread.post("changes", after, { done, failed });
    this.#watchers = new Watchers(
      { readChanges, complain: (message, error) => this.#complain(message, error) },
      opened.newestChange,
      opened.compacted,
    );
    this.#compaction = new Compaction(thread, this.#watchers, settings.keepChanges, opened.changes);
    this.journal = new SqliteJournal(thread, (note) => this.write([], note));
    this.#inBackground("secrets can't be sealed anew", () =>
      renewSeals(thread, settings.isSecret, opened.plainSecrets, this.#closing.signal),
    );
  }

  get revision(): number {
    return this.#revision;
  }

  async read(key: string): Promise<StoredValue | undefined> {
    const row = await this.#thread.ask("read", key);
    return row && storedValue(row);
  }

  async list(prefix: string): Promise<readonly StoredValue[]> {
    return (await this.#thread.ask("list", prefix)).map(storedValue);
  }

  write(writes: readonly Write[], note?: JournalNote): Promise<WriteOutcome> {
    const { promise, resolve, reject } = Promise.withResolvers<WriteOutcome>();
    const posted = writes.map((write) => postedWrite(write, this.#settings.isSecret));
    const entry = note && { time: this.#settings.now().toISOString(), text: JSON.stringify(note) };
    this.#thread.post(
      "commit",
      { writes: posted, note: entry },
      {
        done: (answer) => this.#committed(posted, answer, resolve),
        failed: (error) =>
          error instanceof StorageFailure ? resolve({ kind: "refused", problem: error.problem }) : reject(error),
      },
    );
    return promise;
  }

  async advance(count: number): Promise<number> {
    if (!Number.isSafeInteger(count) || count < 1) throw new RangeError(`not a number of revisions: ${count}`);
    for (;;) {
      const first = await this.#tryAdvance(count);
      if (first !== undefined) return first;
      await delay(RETRY_MS, undefined, { signal: this.#closing.signal }).catch(() => undefined);
    }
  }

  watch(from: number, onCommit: OnCommit, signal: AbortSignal): WatchStart {
    return this.#watchers.watch(from, onCommit, signal);
  }

  async compact(upTo: number): Promise<void> {
    await this.#compaction.forget(Math.min(upTo, this.#revision));
  }

  backup(path: string): Promise<Problem | undefined> {
    const backup = this.#thread.ask("backup", path).catch(asProblem);
    this.#backups.add(backup);
    return backup.finally(() => this.#backups.delete(backup));
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#backups);
    await this.#thread.close();
    this.#watchers.close();
  }

  #committed(writes: readonly PostedWrite[], answer: CommitAnswer, settle: (outcome: WriteOutcome) => void): void {
    if (answer.kind !== "written") {
      this.#watchers.whenTold(this.#revision, () => settle(answer));
      return;
    }
    const changes = changesOf(writes, answer.revisions);
    this.#revision = changes.at(-1)?.revision ?? this.#revision;
    this.#watchers.deliver(changes);
    this.#watchers.whenTold(this.#revision, () => settle({ kind: "written", changes }));
    this.#inBackground("old changes can't be forgotten", () => this.#compaction.grow(changes.length));
  }

  #tryAdvance(count: number): Promise<number | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
    const done = (first: number | undefined) => {
      if (first !== undefined) this.#revision = first + count - 1;
      this.#watchers.whenTold(this.#revision, () => resolve(first));
    };
    this.#thread.post("advance", count, { done, failed: reject });
    return promise;
  }

  #complain(message: string, error: unknown): void {
    if (!this.#closing.signal.aborted) this.#settings.complain(message, error);
  }

  #inBackground(complaint: string, work: () => Promise<void>): void {
    work().catch((error: unknown) => this.#complain(complaint, error));
  }
}

function storedValue({ key, revision, value }: ObjectRow): StoredValue {
  return { key, revision, value: asBuffer(value) };
}

function asProblem(error: unknown): Problem {
  if (error instanceof StorageFailure) return error.problem;
  throw error;
}
