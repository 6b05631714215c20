/** Exact, open-loop load: every request on a connection of its own, every failure counted (vegeta). */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SETUP_PATHS = new URL("../../.setup/paths.json", import.meta.url);

export interface LoadResult {
  readonly requests: number;
  /** All that were not answered 200. */
  readonly failed: number;
  /** Status code, or 0 for no answer, to how many; and what vegeta says of the failures. */
  readonly codes: Readonly<Record<string, number>>;
  readonly errors: readonly string[];
  /** Milliseconds. */
  readonly p99: number;
}

export class Load implements AsyncDisposable {
  readonly #vegeta;
  readonly #binary: string;
  readonly #results: string;

  /** Starts asking the hosts in turn for /app. @param directory for its files */
  constructor(directory: string, port: number, hostnames: readonly string[], perSecond: number) {
    this.#binary = (JSON.parse(readFileSync(SETUP_PATHS, "utf8")) as { vegeta: string }).vegeta;
    const targets = join(directory, "targets");
    this.#results = join(directory, "results.bin");
    writeFileSync(targets, hostnames.map((host) => `GET http://127.0.0.1:${port}/app\nHost: ${host}\n`).join("\n"));
    const args = ["attack", "-targets", targets, "-rate", String(perSecond), "-duration", "0", "-keepalive=false"];
    const bounds = ["-timeout", "10s", "-max-workers", "400", "-max-body", "64", "-output", this.#results];
    this.#vegeta = spawn(this.#binary, [...args, ...bounds], { stdio: "inherit", detached: true });
  }

  async stop(): Promise<LoadResult> {
    await this.#end();
    const report = execFileSync(this.#binary, ["report", "-type", "json", this.#results], { encoding: "utf8" });
    const { requests, status_codes: codes, errors, latencies } = JSON.parse(report) as VegetaReport;
    return {
      requests,
      failed: requests - (codes["200"] ?? 0),
      codes,
      errors: errors ?? [],
      p99: latencies["99th"] / 1e6,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
  }

  /** The interrupt lets it wait for the answers that are still to come. */
  async #end(): Promise<void> {
    if (this.#vegeta.exitCode !== null || this.#vegeta.signalCode !== null) return;
    const exited = once(this.#vegeta, "exit");
    this.#vegeta.kill("SIGINT");
    await exited;
  }
}

interface VegetaReport {
  readonly requests: number;
  readonly status_codes: Readonly<Record<string, number>>;
  readonly errors: readonly string[] | null;
  /** Nanoseconds. */
  readonly latencies: { readonly "99th": number };
}
