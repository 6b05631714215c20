/** `landbridge up`, as users run it: the control plane in a process of its own, with one real Envoy. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { controlSocketPath } from "../../src/client/control-socket.ts";
import { LocalClient } from "../../src/client/local-client.ts";
import type { ObjectView } from "../../src/client/local-types.ts";
import type { HybridService } from "../../src/model/hybrid-service.ts";
import type { ResourceEnvelope } from "../../src/model/metadata.ts";
import { recordedEnvoys } from "../../src/proxy/pid-file.ts";
import type { Scratch } from "../scratch.ts";
import { Child } from "./child.ts";
import type { ReadTimesCalls } from "./read-times.ts";

const REPOSITORY = resolve(import.meta.dirname, "../..");
const READ_TIMES = new URL("./read-times.ts", import.meta.url);
/** USER_HZ of Linux. */
const MS_PER_TICK = 10;
const SERVED_MS = 15_000;
/** It drains its Envoy for some seconds when nothing forces it. */
const STOP_MS = 25_000;

export class Landbridge implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #scratch: Scratch;
  readonly child: Child<ReadTimesCalls>;
  /** Nanoseconds of the clock that all processes share. */
  readonly startedAt = process.hrtime.bigint();
  readonly #ready = Promise.withResolvers<void>();

  /** @param tellsReads with a module before it that tells when it reads files; that costs it 40 MB */
  constructor(scratch: Scratch, options: readonly string[], tellsReads = true) {
    this.#scratch = scratch;
    const args = [
      "--state-dir",
      scratch.state,
      "up",
      scratch.config,
      "--bind",
      "127.0.0.1",
      "--api",
      "127.0.0.1:0",
      ...options,
    ];
    this.#process = spawn(join(REPOSITORY, "bin/landbridge"), args, {
      env: {
        ...process.env,
        NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ""}${tellsReads ? ` --import=${READ_TIMES}` : ""}`,
      },
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

  /** Waits until Envoy has taken the split that is in the file. */
  async servesSplit(namespace: string, name: string, weights: readonly number[]): Promise<void> {
    const deadline = performance.now() + SERVED_MS;
    for (;;) {
      const answer = await this.#client.objects({ kind: "HybridService", namespace, name });
      const [view] = "value" in answer ? answer.value : [];
      if (view && isServed(view, weights)) return;
      if (performance.now() > deadline)
        throw new Error(`${name} isn't split ${weights.join("/")}: ${JSON.stringify(view)}`);
      await delay(10);
    }
  }

  /** Codes and messages of what is wrong with the configuration, or with the proxies. */
  async problems(): Promise<string[]> {
    const answer = await this.#client.problems();
    return "value" in answer ? answer.value.map(({ code, message }) => `${code} ${message}`) : [answer.problem.message];
  }

  /** Resident memory in MB. */
  async apiUrl(): Promise<string> {
    const answer = await this.#client.info();
    if ("problem" in answer) throw new Error(answer.problem.message);
    if (!answer.value.api) throw new Error("the API doesn't serve");
    return answer.value.api.url;
  }

  get #client(): LocalClient {
    return new LocalClient(controlSocketPath(this.#scratch.state));
  }

  /** Time on a core so far, of all its threads and without its Envoy. Milliseconds, to the tick of 10. */
  get cpuMs(): number {
    const stat = readFileSync(`/proc/${this.#process.pid}/stat`, "utf8");
    const [user = 0, system = 0] = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .slice(11, 13)
      .map(Number);
    return (user + system) * MS_PER_TICK;
  }

  get rss(): number {
    return residentMegabytes(this.#process.pid);
  }

  get envoyRss(): number {
    return residentMegabytes(this.#envoyPids()[0]);
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

function isServed({ resource, status }: ObjectView, weights: readonly number[]): boolean {
  const { split } = (resource as ResourceEnvelope & Pick<HybridService, "spec">).spec;
  const programmed = status?.conditions?.find(({ type }) => type === "Programmed");
  return (
    split.every(({ weight }, index) => weight === weights[index]) &&
    programmed?.status === "True" &&
    programmed.observedGeneration === resource.metadata.generation
  );
}

/** MB, which are a million bytes; `ps` counts in KiB. */
export function residentMegabytes(pid: number | undefined): number {
  return (Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) * 1024) / 1e6;
}
