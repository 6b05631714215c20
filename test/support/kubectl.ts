/**
 * The real kubectl, as someone runs it who has nothing but a kubeconfig: a home of its own, so that neither what it
 * remembers of one server reaches the next test, nor the settings of whoever runs the tests.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import type { Outcome } from "./command-line.ts";
import { setUpProgram } from "./set-up-program.ts";

/** A bound for a command that should end, milliseconds. */
const BOUND_MS = 30_000;

export interface KubectlOptions {
  /** What it reads for `-f -`; nothing when left out. */
  readonly stdin?: string;
  /** Besides PATH and what gives it a home of its own. */
  readonly env?: Readonly<Record<string, string>>;
  /** After this it is killed; 0 is no bound. */
  readonly boundMs?: number;
}

export type RunningKubectl = ChildProcessByStdio<Writable, Readable, Readable>;

export class Kubectl implements AsyncDisposable {
  readonly #binary = setUpProgram("kubectl");
  readonly #home = mkdtempSync(join(tmpdir(), "lb-kubectl-"));
  readonly #kubeconfig: string;
  readonly #running = new Set<RunningKubectl>();

  /** The file is read anew by each command. */
  constructor(kubeconfigPath: string) {
    this.#kubeconfig = kubeconfigPath;
  }

  /** Runs a command to its end. `code` is null when it was killed at the bound, and `err` says so. */
  async run(args: readonly string[], { boundMs = BOUND_MS, ...options }: KubectlOptions = {}): Promise<Outcome> {
    const child = this.start(args, { ...options, boundMs });
    const ended = once(child, "close");
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    const killed = child.signalCode === null ? "" : `\nkubectl ${args.join(" ")}: ended by ${child.signalCode}`;
    return { out, err: `${err}${killed}`, code: child.exitCode };
  }

  /** Starts a command that goes on, as with `--watch`, until the caller kills it or this is disposed of. */
  start(args: readonly string[], { stdin = "", env = {}, boundMs = 0 }: KubectlOptions = {}): RunningKubectl {
    const child = spawn(this.#binary, args, {
      stdio: ["pipe", "pipe", "pipe"],
      env: {
        PATH: process.env.PATH,
        HOME: this.#home,
        KUBECACHEDIR: join(this.#home, "cache"),
        KUBECONFIG: this.#kubeconfig,
        ...env,
      },
      timeout: boundMs,
      killSignal: "SIGKILL",
    });
    this.#running.add(child);
    child.once("close", () => this.#running.delete(child));
    // A command may end without having read what it was given.
    child.stdin.on("error", () => {});
    child.stdin.end(stdin);
    return child;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      [...this.#running].map(async (child) => {
        const closed = once(child, "close");
        child.kill("SIGKILL");
        await closed;
      }),
    );
    rmSync(this.#home, { recursive: true, force: true });
  }
}
