/** The journal's entries, and whether they are still those that were written. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { canonicalText } from "../canonical-json.ts";
import { type ChainHead, EMPTY_CHAIN, followChain, type KeptEntry, nextEntry } from "../journal-chain.ts";
import type { JournalVerdict } from "../store.ts";
import type { PostedNote } from "./protocol.ts";

/** How many entries are looked at in one step. */
const STEP_ENTRIES = 1000;

export class JournalTable {
  readonly #add: StatementSync;
  readonly #after: StatementSync;
  readonly #newest: StatementSync;
  readonly #counted: StatementSync;

  constructor(database: DatabaseSync) {
    this.#add = database.prepare("INSERT INTO journal (number, time, note, previous, hash) VALUES (?, ?, ?, ?, ?)");
    const columns = "SELECT number, time, note, previous, hash FROM journal";
    this.#after = database.prepare(`${columns} WHERE number > ? ORDER BY number LIMIT ?`);
    this.#newest = database.prepare(`${columns} ORDER BY number DESC LIMIT 1`);
    this.#counted = database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'journal'");
  }

  head(): ChainHead {
    const newest = this.#newest.get() as unknown as KeptEntry | undefined;
    return newest ? { number: newest.number, hash: newest.hash } : EMPTY_CHAIN;
  }

  append(head: ChainHead, note: PostedNote): ChainHead {
    const entry = nextEntry(head, note.time, canonicalText(note.text));
    this.#add.run(entry.number, entry.time, entry.note, entry.previous, entry.hash);
    return { number: entry.number, hash: entry.hash };
  }

  read(after: number, limit: number): KeptEntry[] {
    return this.#after.all(after, limit) as unknown as KeptEntry[];
  }

  /**
   * Follows the chain a step further. A head: go on from there. The first step looks at whatever stands before the first
   * entry too.
   */
  verifyStep(head: ChainHead): ChainHead | JournalVerdict {
    const entries = this.read(head.number === 0 ? Number.MIN_SAFE_INTEGER : head.number, STEP_ENTRIES);
    let reached = head;
    for (const entry of entries) {
      const next = followChain(reached, entry);
      if ("broken" in next) return { kind: "broken", at: reached.number + 1, reason: next.broken };
      reached = next;
    }
    return entries.length === STEP_ENTRIES ? reached : this.#verifyEnd(reached);
  }

  /** SQLite counts what was ever inserted: an end that was cut off shows, unless the count was changed as well. */
  #verifyEnd(head: ChainHead): JournalVerdict {
    const counted = Number(this.#counted.get()?.seq ?? 0);
    if (counted === head.number) return { kind: "whole", entries: head.number, head: head.hash };
    return { kind: "broken", at: head.number + 1, reason: `the newest entries, up to ${counted}, are missing` };
  }
}
