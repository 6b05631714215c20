/** The chain that makes the journal tamper-evident: each entry's hash covers the entry and the hash before it. */
import { hash } from "node:crypto";

/** The hash before the first entry. */
export const NO_HASH = "0".repeat(64);

/** An entry as it is stored. */
export interface KeptEntry {
  readonly number: number;
  /** RFC 3339, UTC, with milliseconds. */
  readonly time: string;
  /** Canonical JSON. */
  readonly note: string;
  readonly previous: string;
  readonly hash: string;
}

/** Where the chain ends: the number and hash of its newest entry; 0 and 64 zeros when there is none. */
export interface ChainHead {
  readonly number: number;
  readonly hash: string;
}

export const EMPTY_CHAIN: ChainHead = { number: 0, hash: NO_HASH };

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** The entry that comes after `head`. `note` is canonical JSON. */
export function nextEntry(head: ChainHead, time: string, note: string): KeptEntry {
  const entry = { number: head.number + 1, time, note, previous: head.hash };
  return { ...entry, hash: hashOf(entry) };
}

/** The head after `entry`, or what is wrong with it as the one that comes after `head`. */
export function followChain(head: ChainHead, entry: KeptEntry): ChainHead | { readonly broken: string } {
  if (entry.number > head.number + 1) return { broken: `entry ${head.number + 1} is missing` };
  if (entry.number !== head.number + 1) return { broken: `entry ${entry.number} was put in` };
  if (entry.previous !== head.hash) return { broken: "it does not follow from the entry before it" };
  // With a time of fixed length, no text of the note can pass for another field of what is hashed.
  if (!TIME.test(entry.time) || hashOf(entry) !== entry.hash) return { broken: "it was changed" };
  return { number: entry.number, hash: entry.hash };
}

/** SHA-256 in hex over the canonical JSON of the other four fields. */
function hashOf({ number, time, note, previous }: Omit<KeptEntry, "hash">): string {
  return hash("sha256", `{"note":${note},"number":${number},"previous":"${previous}","time":"${time}"}`);
}
