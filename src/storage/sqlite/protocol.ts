/** What the control plane's thread and the store's thread say to each other. */
import type { Problem } from "../../model/problem.ts";
import type { ChainHead, KeptEntry } from "../journal-chain.ts";
import type { Sealing } from "../sealing.ts";
import type { JournalVerdict } from "../store.ts";
import type { Migration } from "./schema.ts";

/** Given to the thread when it starts. */
export interface ThreadSettings {
  readonly path: string;
  readonly sealing: Sealing | undefined;
  readonly migrations: readonly Migration[];
}

/** The thread's first message. */
export type Opening = { readonly opened: OpenedStore } | { readonly problem: Problem };

export interface OpenedStore {
  /** No revision above this one was ever given out. */
  readonly revision: number;
  /** The newest change that was kept, or the point up to which they were forgotten. */
  readonly newestChange: number;
  /** Changes after this revision are there. */
  readonly compacted: number;
  /** How many. */
  readonly changes: number;
  /** Secrets may be there that were written before sealing was turned on. */
  readonly plainSecrets: boolean;
}

export interface PostedWrite {
  readonly key: string;
  readonly value: Uint8Array | undefined;
  readonly expected: number | undefined;
  readonly secret: boolean;
}

export interface PostedNote {
  readonly time: string;
  /** JSON; the store's thread puts it in order. */
  readonly text: string;
}

export interface Commit {
  readonly writes: readonly PostedWrite[];
  readonly note: PostedNote | undefined;
}

export type CommitAnswer =
  /** One revision for each write; 0 where there was nothing to delete. */
  | { readonly kind: "written"; readonly revisions: readonly number[] }
  | { readonly kind: "conflict"; readonly key: string; readonly revision: number }
  | { readonly kind: "refused"; readonly problem: Problem };

export interface ObjectRow {
  readonly key: string;
  readonly revision: number;
  readonly value: Uint8Array;
}

export interface ChangeRow {
  readonly revision: number;
  /** The first revision of the same commit. */
  readonly first: number;
  readonly key: string;
  readonly value: Uint8Array | undefined;
}

export interface ChangesPage {
  /** Whole commits. */
  readonly changes: readonly ChangeRow[];
  /** There was nothing after these when the page was read. */
  readonly last: boolean;
}

export interface Forgotten {
  readonly removed: number;
  readonly done: boolean;
}

export interface PlainKeys {
  readonly table: "objects" | "changes";
  /** Row id. */
  readonly after: number;
}

export interface PlainKey {
  readonly row: number;
  readonly key: string;
}

/** Everything that can be asked of the thread: what goes in, and what comes out. */
export interface Operations {
  commit: { takes: Commit; gives: CommitAnswer };
  /** Gives the first revision; undefined: none can be had now. */
  advance: { takes: number; gives: number | undefined };
  read: { takes: string; gives: ObjectRow | undefined };
  list: { takes: string; gives: readonly ObjectRow[] };
  changes: { takes: number; gives: ChangesPage };
  /** Up to which revision to forget so that this many changes stay. */
  depth: { takes: number; gives: number };
  forget: { takes: number; gives: Forgotten };
  journal: { takes: { readonly after: number; readonly limit: number }; gives: readonly KeptEntry[] };
  verify: { takes: ChainHead; gives: ChainHead | JournalVerdict };
  backup: { takes: string; gives: Problem | undefined };
  /** Seals some values anew that an older key sealed; gives true when there are none left. */
  renewSeals: { takes: null; gives: boolean };
  plainKeys: { takes: PlainKeys; gives: readonly PlainKey[] };
  sealRows: { takes: { readonly table: PlainKeys["table"]; readonly rows: readonly number[] }; gives: null };
  plainSecretsSealed: { takes: null; gives: null };
  close: { takes: null; gives: null };
}

export type Operation = keyof Operations;

/** One that is asked, to be answered under its number. */
export type Request = {
  [Name in Operation]: { readonly id: number; readonly operation: Name; readonly argument: Operations[Name]["takes"] };
}[Operation];

export type RequestOf<Name extends Operation> = Extract<Request, { operation: Name }>;

export type Answer =
  | { readonly id: number; readonly gives: unknown }
  /** It could not be done, for a reason outside of the program. */
  | { readonly id: number; readonly problem: Problem }
  /** A defect of ours: the text of the exception. */
  | { readonly id: number; readonly defect: string };
