import type { Problem } from "../../model/problem.ts";
import { EMPTY_CHAIN, type KeptEntry } from "../journal-chain.ts";
import type { Journal, JournalEntry, JournalNote, JournalVerdict, WriteOutcome } from "../store.ts";
import type { StoreThread } from "./store-thread.ts";

export class SqliteJournal implements Journal {
  readonly #thread: StoreThread;
  readonly #write: (note: JournalNote) => Promise<WriteOutcome>;

  /** `write` appends a note without writing anything else. */
  constructor(thread: StoreThread, write: (note: JournalNote) => Promise<WriteOutcome>) {
    this.#thread = thread;
    this.#write = write;
  }

  async append(note: JournalNote): Promise<Problem | undefined> {
    const outcome = await this.#write(note);
    return outcome.kind === "refused" ? outcome.problem : undefined;
  }

  async read(after: number, limit: number): Promise<readonly JournalEntry[]> {
    return (await this.#thread.ask("journal", { after, limit })).map(journalEntry);
  }

  /** In steps, between which writes have their turn. */
  async verify(): Promise<JournalVerdict> {
    for (let head = EMPTY_CHAIN; ; ) {
      const step = await this.#thread.ask("verify", head);
      if ("kind" in step) return step;
      head = step;
    }
  }
}

function journalEntry(entry: KeptEntry): JournalEntry {
  return { ...entry, note: JSON.parse(entry.note) as JournalNote };
}
