/** The control plane's end of the store's thread: questions go out in order, and their answers come back. */
import { getCompileCacheDir } from "node:module";
import { dirname } from "node:path";
import { Worker } from "node:worker_threads";
import type { Problem } from "../../model/problem.ts";
import { StorageFailure, storageProblem } from "../storage-problem.ts";
import type { Answer, OpenedStore, Opening, Operation, Operations, ThreadSettings } from "./protocol.ts";

/** MB. Values lie outside of this heap; what it holds are names and numbers, of the longest list at a time. */
const HEAP = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 4 };

/** What an answer is handed to, in the order of the answers and before anything else is answered. */
export interface Settle<Name extends Operation> {
  done(gives: Operations[Name]["gives"]): void;
  /** StorageFailure: a Problem from outside. Anything else: a defect of ours. */
  failed(error: Error): void;
}

/** The folder that `enableCompileCache` was given; it makes one for each version of Node below it. */
function compileCache(): string | undefined {
  const folder = getCompileCacheDir();
  return folder && dirname(folder);
}

export class StoreThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Settle<never>>();
  #outbox: { id: number; operation: Operation; argument: unknown }[] = [];
  #lastId = 0;
  #stopped: Problem | undefined;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on("message", (answers: Answer[]) => answers.forEach((answer) => void this.#settle(answer)));
    worker.on("error", (error) => this.#stop(`its thread failed: ${error.message}`));
    worker.on("exit", () => this.#stop("its thread has ended"));
  }

  static async start(settings: ThreadSettings): Promise<{ thread: StoreThread; opened: OpenedStore } | Problem> {
    const worker = new Worker(new URL("./thread-start.mjs", import.meta.url), {
      name: "store",
      workerData: { ...settings, compileCache: compileCache() },
      resourceLimits: HEAP,
      // Not those of the process, which may be about its main program. Older releases of Node 24 warn of SQLite.
      execArgv: ["--disable-warning=ExperimentalWarning"],
    });
    const { promise, resolve, reject } = Promise.withResolvers<Opening>();
    const ended = () => reject(new Error("the store's thread ended before it was ready"));
    worker.once("message", resolve).once("error", reject).once("exit", ended);
    const opening = await promise;
    worker.off("error", reject).off("exit", ended);
    if ("opened" in opening) return { thread: new StoreThread(worker), opened: opening.opened };
    await worker.terminate();
    return opening.problem;
  }

  /** What is asked within one turn of the event loop's microtasks goes out as one message. */
  post<Name extends Operation>(operation: Name, argument: Operations[Name]["takes"], settle: Settle<Name>): void {
    if (this.#stopped) {
      settle.failed(new StorageFailure(this.#stopped));
      return;
    }
    this.#lastId += 1;
    this.#waiting.set(this.#lastId, settle as Settle<never>);
    if (this.#outbox.length === 0) queueMicrotask(() => this.#send());
    this.#outbox.push({ id: this.#lastId, operation, argument });
  }

  ask<Name extends Operation>(
    operation: Name,
    argument: Operations[Name]["takes"],
  ): Promise<Operations[Name]["gives"]> {
    const { promise, resolve, reject } = Promise.withResolvers<Operations[Name]["gives"]>();
    this.post(operation, argument, { done: resolve, failed: reject });
    return promise;
  }

  /** Answers everything that was asked before, then ends. */
  async close(): Promise<void> {
    const closed = this.ask("close", null);
    this.#stopped = storageProblem("LB7109", "the store was closed");
    const exited = new Promise((resolve) => this.#worker.once("exit", resolve));
    try {
      await closed;
      await exited;
    } catch (error) {
      if (!(error instanceof StorageFailure)) throw error;
    }
  }

  #send(): void {
    const outbox = this.#outbox;
    this.#outbox = [];
    if (outbox.length > 0) this.#worker.postMessage(outbox);
  }

  #settle(answer: Answer): void {
    const settle = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (!settle) return;
    if ("gives" in answer) settle.done(answer.gives as never);
    else if ("problem" in answer) settle.failed(new StorageFailure(answer.problem));
    else settle.failed(new Error(`in the store's thread: ${answer.defect}`));
  }

  #stop(reason: string): void {
    this.#stopped ??= storageProblem("LB7109", `the store has stopped: ${reason}`);
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    this.#outbox = [];
    for (const settle of waiting) settle.failed(new StorageFailure(this.#stopped));
  }
}
