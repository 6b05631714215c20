/** A TypeScript program of the benchmark in a process of its own, and calls to it. It ends with its parent. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { Calls, Reply } from "./calls.ts";

export class Child<Of extends Calls> implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  readonly #name: string;
  #lastCall = 0;

  /** @param process with a channel; its program calls `answerCalls` */
  constructor(name: string, process: ChildProcess) {
    this.#name = name;
    this.#process = process;
    process.on("message", (reply: Reply) => this.#settle(reply));
    process.once("exit", () => this.#failAll());
  }

  /** @param program a file that calls `answerCalls` and `endWithParent` */
  static start<Of extends Calls>(program: URL, args: readonly string[] = []): Child<Of> {
    const child = fork(program, [...args], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    return new Child<Of>(program.pathname.split("/").at(-1) ?? "", child);
  }

  call<Name extends keyof Of & string>(
    name: Name,
    input: Parameters<Of[Name]>[0],
  ): Promise<Awaited<ReturnType<Of[Name]>>> {
    const id = ++this.#lastCall;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.set(id, { resolve, reject });
    this.#process.send({ id, name, input }, (error) => error && reject(error));
    return promise as Promise<Awaited<ReturnType<Of[Name]>>>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, "exit");
    // It ends when its channel closes, after it has stopped what it started.
    if (this.#process.connected) this.#process.disconnect();
    const insist = setTimeout(() => this.#process.kill("SIGKILL"), 5_000);
    await exited;
    clearTimeout(insist);
  }

  #settle({ id, value, error }: Reply): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(value);
    else waiting?.reject(new Error(`${this.#name}: ${error}`));
  }

  #failAll(): void {
    for (const { reject } of this.#waiting.values()) reject(new Error(`${this.#name} has ended`));
    this.#waiting.clear();
  }
}
