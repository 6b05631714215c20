/** `landbridge up` as users run it, in a process of its own that a test may kill. */
import { once } from "node:events";
import { join } from "node:path";
import { endLeftovers } from "../../src/proxy/leftover.ts";
import { type EnvoyRecord, recordedEnvoys } from "../../src/proxy/pid-file.ts";
import { Printed, type RunningCommand, startCommand } from "./command-line.ts";
import { freePort } from "./free-port.ts";
import { TestEstate } from "./test-estate.ts";

export class UpProcess extends TestEstate implements AsyncDisposable {
  readonly accessLog = join(this.base, "access.log");
  #process: RunningCommand | undefined;
  #errors: Printed | undefined;

  /** Ready to be launched. */
  static make(port: number, files: Readonly<Record<string, string>>): UpProcess {
    return new UpProcess(port, files);
  }

  static async start(files: Readonly<Record<string, string>>): Promise<UpProcess> {
    const up = new UpProcess(await freePort(), files);
    try {
      await up.begin();
    } catch (error) {
      await up[Symbol.asyncDispose]();
      throw error;
    }
    return up;
  }

  /** Resolves when it says that it is ready. */
  async begin(): Promise<void> {
    await this.launch().until(/^ready /m);
  }

  /** @returns what it prints */
  launch(env: Readonly<Record<string, string>> = {}): Printed {
    const args = ["--state-dir", this.stateDir, "up", this.directory, "--bind", "127.0.0.1", "--concurrency", "1"];
    args.push("--access-log", this.accessLog);
    this.#process = startCommand(args, env, { boundMs: 0 });
    this.#errors = new Printed(this.#process.stderr);
    return new Printed(this.#process.stdout);
  }

  async untilError(pattern: RegExp): Promise<void> {
    await this.#errors?.until(pattern);
  }

  get exitCode(): number | null {
    return this.#process?.exitCode ?? null;
  }

  get errors(): string {
    return this.#errors?.text ?? "";
  }

  envoys(): readonly EnvoyRecord[] {
    return recordedEnvoys(join(this.stateDir, "proxies"));
  }

  async end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const running = this.#process;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const closed = once(running, "close");
    running.kill(signal);
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end("SIGTERM");
    await endLeftovers(join(this.stateDir, "proxies"));
    this.removeFiles();
  }
}
