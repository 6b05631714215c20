/**
 * Where objects are kept: keys and values with revisions, as etcd has them. What the values say is not its concern.
 * Every implementation passes test/support/store-contract.ts.
 */
import type { Problem } from "../model/problem.ts";

export interface StoredValue {
  readonly key: string;
  /** Whoever has it, or has handed it in, doesn't change its bytes: it is shared. */
  readonly value: Buffer;
  /** The revision that wrote this value: greater than that of any value written before. */
  readonly revision: number;
}

export interface Write {
  /** Not empty, well-formed text without NUL. */
  readonly key: string;
  /** What to keep; undefined deletes the key. Deleting what isn't there is no change. */
  readonly value: Buffer | undefined;
  /**
   * The revision at which the writer knows the key, 0 for "isn't there"; absent: whatever is there is replaced. It is about
   * what was there before the first of the writes that are made together.
   */
  readonly expected?: number | undefined;
}

export interface StoredChange {
  readonly key: string;
  /** undefined: deleted. */
  readonly value: Buffer | undefined;
  /** Consecutive within one commit. */
  readonly revision: number;
}

export type WriteOutcome =
  /** In the order of the writes, those that changed something. */
  | { readonly kind: "written"; readonly changes: readonly StoredChange[] }
  /** Nothing was written: this key was at another revision (0: not there) than expected. */
  | { readonly kind: "conflict"; readonly key: string; readonly revision: number }
  /** Nothing was written, for a reason that isn't the caller's: disk full, read-only, damaged. */
  | { readonly kind: "refused"; readonly problem: Problem };

export type WatchStart =
  | { readonly kind: "watching" }
  /** Changes after `from` are no longer known; those after `oldest` are. */
  | { readonly kind: "compacted"; readonly oldest: number };

/** What can't be done for a reason outside of the program rejects with a StorageFailure, where no Problem is returned. */
export interface Store {
  /** The newest revision given out; after a crash perhaps one that wasn't, above all that were. */
  readonly revision: number;
  read(key: string): Promise<StoredValue | undefined>;
  /** Everything whose key starts with the prefix, by key (in the order of code points), as of one moment. */
  list(prefix: string): Promise<readonly StoredValue[]>;
  /**
   * All or nothing. Settles when it is durable (survives a power cut) and every watcher has been called with it.
   * `note` is appended to the journal in the same step.
   */
  write(writes: readonly Write[], note?: JournalNote): Promise<WriteOutcome>;
  /**
   * `count` revisions (the first is returned) for changes that aren't kept here, such as statuses: greater than every
   * revision given out before, also before a restart. Settles in order with commits: whoever was told of a commit
   * before it settles has seen smaller revisions only.
   */
  advance(count: number): Promise<number>;
  /**
   * Calls `onCommit` for every commit after revision `from`, in order, until `signal` aborts. Of a commit that `from` lies
   * within, it gets the rest. What it throws is nothing to the others.
   */
  watch(from: number, onCommit: (changes: readonly StoredChange[]) => void, signal: AbortSignal): WatchStart;
  /** Forgets the changes up to this revision (at most the newest); what the keys hold now stays. */
  compact(upTo: number): Promise<void>;
  /** Writes a whole copy of the store, as of one moment, to a new file. Writes go on meanwhile. */
  backup(path: string): Promise<Problem | undefined>;
  readonly journal: Journal;
  /** Does what was asked for before, then ends. */
  close(): Promise<void>;
}

/** What a note says, as plain JSON data; the journal adds number, time and hashes. */
export type JournalNote = Readonly<Record<string, unknown>>;

/** A note as it is kept. `hash` covers all the other fields, and with `previous` everything before it. */
export interface JournalEntry {
  /** Consecutive, from 1. */
  readonly number: number;
  /** RFC 3339, UTC. */
  readonly time: string;
  readonly note: JournalNote;
  /** Hash of the entry before; of the first: 64 zeros. */
  readonly previous: string;
  /** SHA-256 in hex. */
  readonly hash: string;
}

/** Append-only and hash-chained: an entry that is changed, left out or put in later is found by `verify`. */
export interface Journal {
  /** Settles when it is durable; a Problem when it can't be kept. */
  append(note: JournalNote): Promise<Problem | undefined>;
  /** In order, those with a number over `after`, at most `limit`. */
  read(after: number, limit: number): Promise<readonly JournalEntry[]>;
  /** Looks at everything. `head` is the hash of the newest entry (64 zeros when there is none). */
  verify(): Promise<JournalVerdict>;
}

export type JournalVerdict =
  | { readonly kind: "whole"; readonly entries: number; readonly head: string }
  /** `at`: the number of the first entry that is not as it was written. */
  | { readonly kind: "broken"; readonly at: number; readonly reason: string };
