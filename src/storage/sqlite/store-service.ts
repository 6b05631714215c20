/** Serves what is asked of the store's thread, in the order in which it was asked, writes in groups. */
import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { backUp } from "./backup.ts";
import { Committer, type Step } from "./committer.ts";
import type { Answer, Forgotten, Operation, Operations, Request } from "./protocol.ts";
import { SealRenewal } from "./seal-renewal.ts";
import { sqliteProblem } from "./sqlite-problem.ts";
import type { Tables } from "./tables.ts";
import { inTransaction } from "./transaction.ts";

/** Bounds of one transaction, so that nobody waits long for those before him. */
const MOST_STEPS = 512;
const MOST_BYTES = 4 * 1024 * 1024;

/**
 * At about this many pages (4 MB) the log is written back into the file: between two commits, and often enough that it is
 * quickly done. A write of a small value changes some six pages.
 */
const PAGES_PER_CHECKPOINT = 1000;
const PAGES_PER_WRITE = 6;
const PAGE_BYTES = 4096;

/** Changes forgotten in one step. */
const FORGOTTEN_AT_ONCE = 250;

/** What is answered at once from what is committed; all but commits, advances, and what ends the service. */
type Prompt = Exclude<Operation, "commit" | "advance" | "backup" | "close">;

type PromptOperations = {
  readonly [Name in Prompt]: (argument: Operations[Name]["takes"]) => Operations[Name]["gives"];
};

export class StoreService {
  readonly #port: MessagePort;
  readonly #tables: Tables;
  readonly #committer: Committer;
  readonly #prompt: PromptOperations;
  readonly #queue: Request[] = [];
  /** Pages written to the log since it was written back, as a guess. */
  #pages = 0;

  constructor(port: MessagePort, tables: Tables) {
    this.#port = port;
    this.#tables = tables;
    this.#committer = new Committer(tables);
    this.#prompt = promptOperations(tables);
  }

  start(): void {
    this.#port.on("message", (requests: Request[]) => {
      this.#queue.push(...requests);
      this.#serve();
    });
  }

  /** One round: what has arrived so far, at most one transaction. */
  #serve(): void {
    this.#drain();
    const steps: Step[] = [];
    let bytes = 0;
    let taken = 0;
    for (const request of this.#queue) {
      if (steps.length >= MOST_STEPS || bytes >= MOST_BYTES) break;
      if (request.operation === "close" && taken > 0) break;
      taken += 1;
      if (request.operation === "commit" || request.operation === "advance") {
        steps.push(request);
        bytes += bytesOf(request);
      } else this.#answer(request);
    }
    this.#queue.splice(0, taken);
    if (steps.length > 0) this.#commit(steps, bytes);
    // Through the event loop, on which a backup goes on.
    if (this.#queue.length > 0) setImmediate(() => this.#serve());
  }

  /** What came while the last transaction was written belongs into the next one. */
  #drain(): void {
    for (;;) {
      const received = receiveMessageOnPort(this.#port);
      if (!received) return;
      this.#queue.push(...(received.message as Request[]));
    }
  }

  #commit(steps: readonly Step[], bytes: number): void {
    for (const answers of upToEachAdvance(steps, this.#committer.commit(steps))) this.#port.postMessage(answers);
    // A value is written twice: as what its key holds now, and as a change.
    this.#pages += PAGES_PER_WRITE * steps.length + (2 * bytes) / PAGE_BYTES;
    if (this.#pages < PAGES_PER_CHECKPOINT) return;
    this.#pages = 0;
    try {
      this.#tables.database.exec("PRAGMA wal_checkpoint(PASSIVE)");
    } catch {
      // A full disk, for instance. The log keeps everything and is written back another time.
    }
  }

  #answer(request: Request): void {
    const { id } = request;
    if (request.operation === "close") this.#close(id);
    else if (request.operation === "backup") void this.#backUp(id, request.argument);
    else this.#answerNow(id, request.operation as Prompt, request.argument);
  }

  #answerNow(id: number, operation: Prompt, argument: unknown): void {
    const serve = this.#prompt[operation] as (argument: unknown) => unknown;
    try {
      const gives = serve(argument);
      this.#port.postMessage([{ id, gives } satisfies Answer], buffersOf(gives));
    } catch (error) {
      this.#port.postMessage([{ id, ...failure(error, this.#tables.path) } satisfies Answer]);
    }
  }

  async #backUp(id: number, path: string): Promise<void> {
    const answer: Answer = await backUp(this.#tables.database, path).then(
      (gives) => ({ id, gives }),
      (error: unknown) => ({ id, ...failure(error, path) }),
    );
    this.#port.postMessage([answer]);
  }

  #close(id: number): void {
    const { database, path } = this.#tables;
    try {
      this.#committer.giveBack();
    } catch (error) {
      if (!sqliteProblem(error, path)) throw error;
    }
    database.close();
    this.#port.postMessage([{ id, gives: null } satisfies Answer]);
    this.#port.close();
  }
}

function promptOperations(tables: Tables): PromptOperations {
  const { database, objects, changes, marks, journal } = tables;
  const renewal = new SealRenewal(tables);
  return {
    read: (key) => objects.read(key),
    list: (prefix) => objects.list(prefix),
    changes: (after) => changes.after(after),
    depth: (keep) => changes.depth(keep),
    forget: (upTo) =>
      inTransaction(database, (): Forgotten => {
        if (marks.read("compacted") < upTo) marks.write("compacted", upTo);
        const removed = changes.forget(upTo, FORGOTTEN_AT_ONCE);
        return { removed, done: removed < FORGOTTEN_AT_ONCE };
      }),
    journal: ({ after, limit }) => journal.read(after, limit),
    verify: (head) => journal.verifyStep(head),
    renewSeals: () => renewal.step(),
    plainKeys: (after) => renewal.plainKeys(after),
    sealRows: ({ table, rows }) => {
      renewal.sealRows(table, rows);
      return null;
    },
    plainSecretsSealed: () => {
      renewal.plainSecretsSealed();
      return null;
    },
  };
}

/**
 * An advance ends its message: what waits for it runs between messages, so that it uses its revisions before anybody is
 * told of commits with greater ones.
 */
function upToEachAdvance(steps: readonly Step[], answers: readonly Answer[]): Answer[][] {
  const messages: Answer[][] = [[]];
  for (const [index, answer] of answers.entries()) {
    messages.at(-1)?.push(answer);
    if (steps[index]?.operation === "advance" && index < answers.length - 1) messages.push([]);
  }
  return messages;
}

function bytesOf(step: Step): number {
  if (step.operation === "advance") return 0;
  return step.argument.writes.reduce((sum, { value }) => sum + (value?.byteLength ?? 0), 0);
}

function failure(
  error: unknown,
  path: string,
): Pick<Extract<Answer, { problem: unknown }>, "problem"> | { defect: string } {
  const problem = sqliteProblem(error, path);
  return problem ? { problem } : { defect: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

/** The memory of values changes hands instead of being copied: each value has its own, as SQLite and the ciphers give it. */
function buffersOf(gives: unknown): ArrayBuffer[] {
  const rows = rowsOf(gives);
  const values = rows.map((row) => (row as { value?: Uint8Array }).value);
  return values.flatMap((value) => (value && ownsItsMemory(value) ? [value.buffer as ArrayBuffer] : []));
}

function ownsItsMemory(value: Uint8Array): boolean {
  return value.byteLength > 0 && value.byteLength === value.buffer.byteLength;
}

function rowsOf(gives: unknown): readonly unknown[] {
  if (Array.isArray(gives)) return gives;
  if (typeof gives !== "object" || gives === null) return [];
  if ("changes" in gives && Array.isArray(gives.changes)) return gives.changes;
  return [gives];
}
