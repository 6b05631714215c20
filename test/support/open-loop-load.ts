/**
 * Load at a fixed rate, whatever the answers do, by vegeta: each request on a connection of its own, each failure
 * counted. What a client with keep-alive would hide by trying again shows here.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { setUpProgram } from "./set-up-program.ts";

/** A request that takes longer has failed. */
const TIMEOUT = "10s";
const HOST = "host";

export interface Hit {
  /** When it was sent, epoch milliseconds. */
  readonly sent: number;
  readonly host: string;
  /** 0 when there was no answer. */
  readonly status: number;
  /** "" unless it failed. */
  readonly error: string;
  readonly body: string;
}

export class OpenLoopLoad implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "lb-load-"));
  readonly #binary = setUpProgram("vegeta");
  readonly #attack: ChildProcess;
  readonly #ended: Promise<unknown>;

  /** Asks the hosts in turns, all of them on a port of loopback, until `stop`. */
  constructor(port: number, hosts: readonly string[], perSecond: number) {
    // The results name only the URL.
    const lines = hosts.map((host) => `GET http://127.0.0.1:${port}/?${HOST}=${host}\nHost: ${host}\n`);
    writeFileSync(this.#file("targets"), lines.join("\n"));
    const args = [`-targets=${this.#file("targets")}`, `-output=${this.#file("results")}`, `-rate=${perSecond}/s`];
    args.push("-duration=0", "-keepalive=false", `-timeout=${TIMEOUT}`);
    this.#attack = spawn(this.#binary, ["attack", ...args], { stdio: ["ignore", "ignore", "inherit"] });
    this.#ended = once(this.#attack, "close");
  }

  /** Lets open requests finish. */
  async stop(): Promise<readonly Hit[]> {
    this.#attack.kill("SIGINT");
    await this.#ended;
    await promisify(execFile)(this.#binary, [
      "encode",
      "-to=json",
      `-output=${this.#file("hits")}`,
      this.#file("results"),
    ]);
    const hits: Hit[] = [];
    for await (const line of createInterface({ input: createReadStream(this.#file("hits")) })) {
      hits.push(parseHit(JSON.parse(line) as VegetaHit));
    }
    return hits;
  }

  #file(name: string): string {
    return join(this.#folder, name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#attack.kill("SIGKILL");
    await this.#ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** What went wrong, each kind with its number; empty when nothing did. */
export function failures(hits: readonly Hit[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, error, body } of hits) {
    if (status === 200 && error === "") continue;
    const kind = `${status} ${error} ${body}`.trim();
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

interface VegetaHit {
  /** RFC 3339 */
  readonly timestamp: string;
  readonly code: number;
  readonly error: string;
  /** Base64 */
  readonly body: string | null;
  readonly url: string;
}

function parseHit({ timestamp, code, error, body, url }: VegetaHit): Hit {
  const host = new URL(url).searchParams.get(HOST) ?? "";
  return { sent: Date.parse(timestamp), host, status: code, error, body: Buffer.from(body ?? "", "base64").toString() };
}
