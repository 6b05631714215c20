/** `landbridge up`, as users run it: the control plane in a process of its own, with one real Envoy. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { recordedEnvoys } from "../../src/proxy/pid-file.ts";
import type { Scratch } from "../scratch.ts";
import { Child } from "./child.ts";
import type { ReadTimesCalls } from "./read-times.ts";

const REPOSITORY = resolve(import.meta.dirname, "../..");
const READ_TIMES = new URL("./read-times.ts", import.meta.url);
/** It drains its Envoy for some seconds when nothing forces it. */
const STOP_MS = 25_000;

export class Landbridge implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #scratch: Scratch;
  readonly child: Child<ReadTimesCalls>;
  /** Nanoseconds of the clock that all processes share. */
  readonly startedAt = process.hrtime.bigint();
  readonly #ready = Promise.withResolvers<void>();

  constructor(scratch: Scratch) {
    this.#scratch = scratch;
    const args = ["--state-dir", scratch.state, "up", scratch.config, "--bind", "127.0.0.1"];
    this.#process = spawn(join(REPOSITORY, "bin/landbridge"), args, {
      env: { ...process.env, NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ""} --import=${READ_TIMES}` },
      stdio: ["ignore", "pipe", "inherit", "ipc"],
      // Ctrl-C is for the benchmark, which stops it in order.
      detached: true,
    });
    this.child = new Child<ReadTimesCalls>("landbridge up", this.#process);
    const lines = createInterface({ input: this.#process.stdout ?? process.stdin });
    lines.on("line", (line) => line.startsWith("ready") && this.#ready.resolve());
    this.#process.once("exit", (code) => this.#ready.reject(new Error(`landbridge up ended with ${code}`)));
    this.#ready.promise.catch(() => {});
  }

  /** When Envoy has all of it. */
  async ready(): Promise<void> {
    await this.#ready.promise;
  }

  /** Resident memory in MiB. */
  get rss(): number {
    return residentMebibytes(this.#process.pid);
  }

  get envoyRss(): number {
    return residentMebibytes(this.#envoyPids()[0]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { exitCode, signalCode, pid } = this.#process;
    if (exitCode !== null || signalCode !== null || pid === undefined) return;
    const exited = once(this.#process, "exit");
    const envoys = this.#envoyPids();
    this.#process.kill("SIGTERM");
    const insist = setTimeout(() => {
      for (const each of [pid, ...envoys]) process.kill(each, "SIGKILL");
    }, STOP_MS);
    await exited;
    clearTimeout(insist);
  }

  #envoyPids(): number[] {
    return recordedEnvoys(join(this.#scratch.state, "proxies")).map(({ pid }) => pid);
  }
}

/** MiB */
export function residentMebibytes(pid: number | undefined): number {
  return Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) / 1024;
}
