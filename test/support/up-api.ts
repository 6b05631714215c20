/** `landbridge up` without a directory, in a process of its own: what it takes up can be measured from outside. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bootstrapTokenPath } from "../../src/access/bootstrap.ts";
import type { ApiEndpoint } from "../../src/control/resource-api.ts";
import { ApiClient } from "./api-client.ts";
import { ObjectRequests } from "./api-objects.ts";
import { Printed, type RunningCommand, startCommand } from "./command-line.ts";
import { scratchDirectory } from "./supervised-envoy.ts";

/** After this it is killed, milliseconds. */
const LIFE_MS = 120_000;

export class UpApi implements AsyncDisposable {
  readonly endpoint: ApiEndpoint;
  /** As the bootstrap admin. */
  readonly client: ApiClient;
  readonly objects: ObjectRequests;
  readonly #process: RunningCommand;
  readonly #errors: Printed;
  readonly #scratch: ReturnType<typeof scratchDirectory>;

  private constructor(
    child: RunningCommand,
    errors: Printed,
    scratch: ReturnType<typeof scratchDirectory>,
    endpoint: ApiEndpoint,
    token: string,
  ) {
    this.#process = child;
    this.#errors = errors;
    this.#scratch = scratch;
    this.endpoint = endpoint;
    this.client = new ApiClient(endpoint, token);
    this.objects = new ObjectRequests((path, init) => this.client.fetch(path, init));
  }

  static async start(): Promise<UpApi> {
    const scratch = scratchDirectory();
    const child = startCommand(["--state-dir", scratch.path, "up"], {}, { boundMs: LIFE_MS });
    const errors = new Printed(child.stderr);
    const [, url = ""] = /(https:\S+) +\(API/.exec(await new Printed(child.stdout).until(/\(API.*\n/)) ?? [];
    const caPem = readFileSync(join(scratch.path, "api", "ca.crt"), "utf8");
    const token = readFileSync(bootstrapTokenPath(scratch.path), "utf8").trim();
    return new UpApi(child, errors, scratch, { url, caPem }, token);
  }

  /** Bytes of memory that it has. */
  get residentBytes(): number {
    const [, kilobytes = "0"] =
      /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.#process.pid}/status`, "utf8")) ?? [];
    return Number(kilobytes) * 1024;
  }

  get hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  /** What it has said on stderr. */
  get errors(): string {
    return this.#errors.text;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client[Symbol.dispose]();
    if (!this.hasEnded) {
      const closed = once(this.#process, "close");
      this.#process.kill("SIGTERM");
      await closed;
    }
    this.#scratch[Symbol.dispose]();
  }
}
