/**
 * Group commit: what has arrived is written in one transaction with one fsync, yet each write() is judged in its turn and
 * is all or nothing by itself.
 */
import type { ChainHead } from "../journal-chain.ts";
import type { Answer, Commit, CommitAnswer, PostedWrite, RequestOf } from "./protocol.ts";
import { sqliteProblem } from "./sqlite-problem.ts";
import type { Tables } from "./tables.ts";
import { inTransaction } from "./transaction.ts";

/**
 * Revisions are reserved so many at a time, so that handing one out needs no write: after a crash counting goes on above
 * what was reserved. With half of them left the next ones are reserved; so a disk may be full for half a million
 * revisions before those that aren't written with an object have to wait.
 */
export const RESERVED_AT_ONCE = 1_000_000;

export type Step = RequestOf<"commit"> | RequestOf<"advance">;

interface State {
  /** The newest revision given out. */
  readonly revision: number;
  readonly reserved: number;
  readonly head: ChainHead;
}

export class Committer {
  readonly #tables: Tables;
  #state: State;

  constructor(tables: Tables) {
    this.#tables = tables;
    const reserved = tables.marks.read("reserved");
    this.#state = { revision: reserved, reserved, head: tables.journal.head() };
  }

  /** One answer for each step, in order. */
  commit(steps: readonly Step[]): Answer[] {
    try {
      const { answers, state } = this.#attempt(steps);
      this.#state = state;
      return answers;
    } catch (error) {
      // Nothing was written. Alone, each one gets its own answer: what spoils one (too large for the disk) harms no other.
      if (steps.length > 1) return steps.flatMap((step) => this.commit([step]));
      return steps.map((step) => this.#failed(step, error));
    }
  }

  /** Gives back the revisions that were reserved and not used. When that fails, they are skipped. */
  giveBack(): void {
    const { revision } = this.#state;
    if (revision === this.#state.reserved) return;
    inTransaction(this.#tables.database, () => this.#tables.marks.write("reserved", revision));
  }

  #attempt(steps: readonly Step[]): { answers: Answer[]; state: State } {
    const demand = steps.reduce((sum, step) => sum + revisionsOf(step), 0);
    const { revision, reserved } = this.#state;
    const reserves = revision + demand + RESERVED_AT_ONCE / 2 > reserved;
    if (!reserves && steps.every(({ operation }) => operation === "advance")) return this.#apply(steps, this.#state);
    return inTransaction(this.#tables.database, () => {
      if (!reserves) return this.#apply(steps, this.#state);
      const mark = revision + demand + RESERVED_AT_ONCE;
      this.#tables.marks.write("reserved", mark);
      return this.#apply(steps, { ...this.#state, reserved: mark });
    });
  }

  #apply(steps: readonly Step[], before: State): { answers: Answer[]; state: State } {
    let state = before;
    const answers = steps.map((step): Answer => {
      if (step.operation === "advance") {
        const first = state.revision + 1;
        state = { ...state, revision: state.revision + step.argument };
        return { id: step.id, gives: first };
      }
      const { answer, after } = this.#write(step.argument, state);
      state = after;
      return { id: step.id, gives: answer };
    });
    return { answers, state };
  }

  #write({ writes, note }: Commit, before: State): { answer: CommitAnswer; after: State } {
    for (const { key, expected } of writes) {
      if (expected === undefined) continue;
      const revision = this.#tables.objects.revisionOf(key);
      if (revision !== expected) return { answer: { kind: "conflict", key, revision }, after: before };
    }
    let { revision } = before;
    const revisions = writes.map((write) => {
      if (!this.#change(write, revision + 1, before.revision + 1)) return 0;
      revision += 1;
      return revision;
    });
    const head = note ? this.#tables.journal.append(before.head, note) : before.head;
    return { answer: { kind: "written", revisions }, after: { ...before, revision, head } };
  }

  /** False when there was nothing to delete. */
  #change({ key, value, secret }: PostedWrite, revision: number, first: number): boolean {
    const { objects, changes, seals } = this.#tables;
    if (value === undefined) {
      if (!objects.remove(key)) return false;
      changes.add(revision, first, key, undefined);
      return true;
    }
    const stored = secret ? seals.seal(key, value) : { seal: null, value };
    objects.put(key, revision, stored);
    changes.add(revision, first, key, stored);
    return true;
  }

  #failed(step: Step, error: unknown): Answer {
    const problem = sqliteProblem(error, this.#tables.path);
    if (!problem)
      return { id: step.id, defect: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    if (step.operation === "commit") return { id: step.id, gives: { kind: "refused", problem } };
    return { id: step.id, gives: this.#advanceReserved(step.argument) };
  }

  /** More can't be reserved now: from what is. */
  #advanceReserved(count: number): number | undefined {
    const { revision, reserved } = this.#state;
    if (revision + count > reserved) return undefined;
    this.#state = { ...this.#state, revision: revision + count };
    return revision + 1;
  }
}

function revisionsOf(step: Step): number {
  return step.operation === "advance" ? step.argument : step.argument.writes.length;
}
