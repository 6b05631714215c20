/**
 * Keeps one Envoy running: starts it, starts it again when it stops by itself, drains and ends it.
 * With the supervisor dead Envoy serves on; the next supervisor of the same directory takes it over.
 */
import { rmSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { Problem } from "../model/problem.ts";
import { EnvoyAdmin } from "./admin.ts";
import type { Bootstrap } from "./bootstrap.ts";
import { drainRequests, terminate } from "./end-envoy.ts";
import type { EnvoyBinary } from "./envoy-binary.ts";
import { envoyArguments, fingerprintOf } from "./envoy-command.ts";
import { type EnvoyProcess, launchEnvoy } from "./envoy-process.ts";
import { settleLeftover } from "./leftover.ts";
import { lastError, readTail, rotateLog, sizeOf } from "./log-file.ts";
import { type ProxyPaths, proxyPaths } from "./paths.ts";
import { removePidFile, writePidFile } from "./pid-file.ts";
import { proxyProblem } from "./proxy-problem.ts";
import { CRASH_LOOP_FAILURES, planRestart, RESTART_BACKOFF } from "./restart.ts";
import { prepareDirectory, stateDirectoryProblem } from "./state-directory.ts";
import type { SupervisorState } from "./supervisor-state.ts";

export interface SupervisorOptions {
  readonly binary: EnvoyBinary;
  /** Belongs to this Envoy alone, see ProxyPaths. Made when missing; absolute. */
  readonly directory: string;
  /** From buildBootstrap, with proxyPaths(directory).adminSocket as its admin socket. */
  readonly bootstrap: Bootstrap;
  /** Worker threads; Envoy's default is one for each core. */
  readonly concurrency?: number;
  /** Where Envoy's standard output goes. "inherit" rules out that a later start takes this Envoy over. */
  readonly standardOutput?: "log" | "inherit";
  /** Envoy's log is rotated beyond this size. Default 16 MiB. */
  readonly maxLogBytes?: number;
}

const KEPT_LINES = 20;
const READY_POLL_MS = 20;
const LOG_CHECK_MS = 10_000;
const DEFAULT_DRAIN_MS = 5_000;
const DEFAULT_MAX_LOG_BYTES = 16 * 1024 * 1024;

export class EnvoySupervisor {
  readonly #options: SupervisorOptions;
  readonly #paths: ProxyPaths;
  readonly #args: readonly string[];
  readonly #fingerprint: string;
  readonly #listeners = new Set<(state: SupervisorState) => void>();
  #state: SupervisorState = { kind: "stopped" };
  #process: EnvoyProcess | undefined;
  #logStart = 0;
  #stopRequested = new AbortController();
  #starting: Promise<Problem | undefined> | undefined;
  #loop: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | undefined;

  readonly admin: EnvoyAdmin;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#paths = proxyPaths(options.directory);
    this.#args = envoyArguments(this.#paths, options.concurrency);
    this.#fingerprint = fingerprintOf(options.binary, this.#args, options.bootstrap);
    this.admin = new EnvoyAdmin(this.#paths.adminSocket);
  }

  get state(): SupervisorState {
    return this.#state;
  }

  get logPath(): string {
    return this.#paths.log;
  }

  /** Calls `listener` at each change of state. Returns what ends that. */
  onChange(listener: (state: SupervisorState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Starts Envoy, or takes over the one that runs. Resolves when there is a process, before it is ready.
   * A Problem means that nothing runs; from then on an Envoy that stops is started again until `stop`.
   */
  start(): Promise<Problem | undefined> {
    if (this.#state.kind === "stopped") this.#starting ??= this.#start();
    return this.#starting ?? Promise.resolve(undefined);
  }

  async #start(): Promise<Problem | undefined> {
    const problem = prepareDirectory(this.#paths, JSON.stringify(this.#options.bootstrap, undefined, 1));
    if (problem !== undefined) return problem;
    this.#stopRequested = new AbortController();
    this.#stopped = undefined;
    const mayAdopt = this.#options.standardOutput !== "inherit";
    const leftover = await settleLeftover(this.#paths, mayAdopt ? this.#fingerprint : undefined);
    const first = leftover ?? (await this.#launch());
    if ("code" in first) return first;
    this.#process = first;
    this.#enter({ kind: "starting", pid: first.identity.pid, since: Date.now() });
    this.#loop = this.#supervise(first);
    return undefined;
  }

  /** Resolves when Envoy serves, or with why it doesn't: after `boundMs`, or earlier when it keeps stopping. */
  async waitReady(boundMs: number): Promise<Problem | undefined> {
    const deadline = AbortSignal.timeout(boundMs);
    return new Promise((resolve) => {
      const settle = (answer: Problem | undefined) => {
        unsubscribe();
        deadline.removeEventListener("abort", late);
        resolve(answer);
      };
      const late = () => settle(this.#notReady(boundMs));
      const look = (state: SupervisorState) => {
        if (state.kind === "running") settle(undefined);
        else if (state.kind === "backing-off" && state.failures >= CRASH_LOOP_FAILURES) settle(state.problem);
        else if (state.kind === "stopped" || state.kind === "stopping") settle(this.#notReady(boundMs));
      };
      const unsubscribe = this.onChange(look);
      deadline.addEventListener("abort", late);
      look(this.#state);
    });
  }

  /**
   * Ends Envoy: stops accepting, lets open requests finish for at most `drainMs` (default 5 s; no wait when
   * there are none), then terminates. Resolves when the process is gone. May be called at any time, also twice.
   */
  stop(options: { readonly drainMs?: number } = {}): Promise<void> {
    this.#stopped ??= this.#stop(options.drainMs ?? DEFAULT_DRAIN_MS);
    return this.#stopped;
  }

  async #stop(drainMs: number): Promise<void> {
    await this.#starting;
    if (this.#state.kind === "stopped") return;
    const serves = this.#state.kind === "running";
    this.#stopRequested.abort();
    this.#enter({ kind: "stopping", pid: this.#process?.identity.pid });
    const envoy = this.#process;
    if (envoy !== undefined) {
      if (serves) {
        this.#recordDraining(envoy);
        await drainRequests(envoy, this.admin, drainMs);
      }
      await terminate(envoy);
    }
    await this.#loop;
    removePidFile(this.#paths.pidFile);
    // Envoy leaves it behind.
    rmSync(this.#paths.adminSocket, { force: true });
    this.#starting = undefined;
    this.#enter({ kind: "stopped" });
  }

  /** Runs until `stop`. */
  async #supervise(first: EnvoyProcess): Promise<void> {
    const stop = this.#stopRequested.signal;
    const logTimer = setInterval(() => this.#rotateLog(), LOG_CHECK_MS);
    let failures = 0;
    let next: EnvoyProcess | Problem = first;
    while (!stop.aborted) {
      const { how, servedMs } = "code" in next ? { how: next, servedMs: 0 } : await this.#watch(next);
      this.#process = undefined;
      if (stop.aborted) break;
      const restart = planRestart({ failuresBefore: failures, servedMs }, RESTART_BACKOFF, Math.random());
      failures = restart.failures;
      this.#enter(this.#backingOff(how, restart.failures, restart.delayMs));
      await delay(restart.delayMs, undefined, { signal: stop }).catch(() => undefined);
      if (stop.aborted) break;
      next = await this.#launch();
      if ("code" in next) continue;
      this.#process = next;
      // `stop` came while the process was being made: it saw none, so it is ended here.
      if (stop.aborted) await terminate(next);
      else this.#enter({ kind: "starting", pid: next.identity.pid, since: Date.now() });
    }
    clearInterval(logTimer);
  }

  /** Follows one process from its start to its end. */
  async #watch(envoy: EnvoyProcess): Promise<{ how: string; servedMs: number }> {
    const ended = new AbortController();
    const how = envoy.ended.finally(() => ended.abort());
    let servingSince: number | undefined;
    const served = this.#waitLive(ended.signal).then((live) => {
      if (!live || this.#stopRequested.signal.aborted) return;
      servingSince = performance.now();
      this.#enter({ kind: "running", pid: envoy.identity.pid, since: Date.now(), adopted: envoy.adopted });
    });
    const [description] = await Promise.all([how, served]);
    return { how: description, servedMs: servingSince === undefined ? 0 : performance.now() - servingSince };
  }

  async #waitLive(ended: AbortSignal): Promise<boolean> {
    while (!ended.aborted) {
      if ((await this.admin.ready()) === "LIVE") return !ended.aborted;
      await delay(READY_POLL_MS, undefined, { signal: ended }).catch(() => undefined);
    }
    return false;
  }

  async #launch(): Promise<EnvoyProcess | Problem> {
    const { binary, directory, standardOutput = "log" } = this.#options;
    try {
      this.#rotateLog();
      this.#logStart = sizeOf(this.#paths.log);
      const command = { path: binary.path, args: this.#args, directory, logPath: this.#paths.log, standardOutput };
      const envoy = await launchEnvoy(command);
      try {
        this.#record(envoy, false);
      } catch (error) {
        // Without the record the next start couldn't find it.
        await terminate(envoy);
        throw error;
      }
      return envoy;
    } catch (error) {
      return launchProblem(binary, directory, error);
    }
  }

  #record(envoy: EnvoyProcess, draining: boolean): void {
    writePidFile(this.#paths.pidFile, { ...envoy.identity, fingerprint: this.#fingerprint, draining });
  }

  #recordDraining(envoy: EnvoyProcess): void {
    try {
      this.#record(envoy, true);
    } catch {
      // A full disk must not keep us from stopping. Only should we be killed now, the next start takes over an
      // Envoy that accepts nothing.
    }
  }

  #rotateLog(): void {
    rotateLog(this.#paths.log, this.#options.maxLogBytes ?? DEFAULT_MAX_LOG_BYTES);
  }

  #backingOff(how: string | Problem, failures: number, delayMs: number): SupervisorState {
    const lastOutput = readTail(this.#paths.log, this.#logStart, KEPT_LINES);
    const until = Date.now() + delayMs;
    const severity = failures >= CRASH_LOOP_FAILURES ? "error" : "warning";
    const problem = typeof how === "string" ? this.#stoppedProblem(how, failures, delayMs, lastOutput) : how;
    return { kind: "backing-off", until, failures, lastOutput, problem: { ...problem, severity } };
  }

  #stoppedProblem(how: string, failures: number, delayMs: number, lastOutput: readonly string[]): Problem {
    const times = failures === 1 ? "by itself" : `by itself ${failures} times in a row`;
    const wait = `${(delayMs / 1000).toFixed(1)} s`;
    const message = `Envoy stopped ${times} (${how}): ${lastError(lastOutput)}. Next start in ${wait}.`;
    return proxyProblem("LB4003", message, `Envoy's log is ${this.#paths.log}.`);
  }

  #notReady(boundMs: number): Problem {
    const state = this.#state;
    if (state.kind === "backing-off") return state.problem;
    if (state.kind !== "starting") return proxyProblem("LB4006", `Envoy isn't running: it is ${state.kind}.`);
    return proxyProblem("LB4006", `Envoy (pid ${state.pid}) isn't ready after ${boundMs / 1000} s.`);
  }

  #enter(state: SupervisorState): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) listener(state);
  }
}

function launchProblem(binary: EnvoyBinary, directory: string, error: unknown): Problem {
  const syscall = error instanceof Error && "syscall" in error ? String(error.syscall) : "";
  if (!syscall.startsWith("spawn")) return stateDirectoryProblem(directory, error);
  return proxyProblem("LB4002", `${binary.path} can't be started: ${(error as Error).message}.`);
}
