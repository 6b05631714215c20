/**
 * A real Envoy for one test: its own directory, admin on a unix socket in it, stopped by pid.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const READY_WITHIN_MS = 20_000;
const SETUP_PATHS = new URL("../../.setup/paths.json", import.meta.url);

/** LANDBRIDGE_ENVOY, or what set-up found. */
export function envoyBinary(): string {
  const given = process.env.LANDBRIDGE_ENVOY;
  if (given) return given;
  const { envoy } = JSON.parse(readFileSync(SETUP_PATHS, "utf8")) as { envoy: string };
  return envoy;
}

export interface EnvoyPlaces {
  readonly directory: string;
  readonly adminSocket: string;
}

export class EnvoyProcess {
  readonly #places: EnvoyPlaces;
  readonly #child: ChildProcess;
  readonly #removeDirectory: () => void;

  private constructor(places: EnvoyPlaces, child: ChildProcess) {
    this.#places = places;
    this.#child = child;
    this.#removeDirectory = () => {
      child.kill("SIGKILL");
      rmSync(places.directory, { recursive: true, force: true });
    };
    process.once("exit", this.#removeDirectory);
  }

  /** `bootstrap` gets a fresh directory with a short path, for sockets; a static configuration may ignore it. */
  static async start(bootstrap: (places: EnvoyPlaces) => object): Promise<EnvoyProcess> {
    const directory = mkdtempSync(join(tmpdir(), "lb-envoy-"));
    const places = { directory, adminSocket: join(directory, "admin.sock") };
    writeFileSync(join(directory, "bootstrap.json"), JSON.stringify(bootstrap(places)));
    const log = openSync(join(directory, "envoy.log"), "a");
    const args = [
      "-c",
      join(directory, "bootstrap.json"),
      "--concurrency",
      "1",
      "--disable-hot-restart",
      "-l",
      "warning",
    ];
    const child = spawn(envoyBinary(), args, { stdio: ["ignore", log, log] });
    closeSync(log);
    const envoy = new EnvoyProcess(places, child);
    try {
      await envoy.#ready();
    } catch (error) {
      await envoy.stop();
      throw error;
    }
    return envoy;
  }

  get pid(): number {
    assert.ok(this.#child.pid !== undefined);
    return this.#child.pid;
  }

  get directory(): string {
    return this.#places.directory;
  }

  /** What Envoy wrote to its log and, where configured, its access log on standard output. */
  log(): string {
    return readFileSync(join(this.directory, "envoy.log"), "utf8");
  }

  admin(path: string, method: "GET" | "POST" = "GET"): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      const call = request({ socketPath: this.#places.adminSocket, path, method }, async (response) => {
        const chunks = await response.toArray();
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() });
      });
      call.on("error", reject).end();
    });
  }

  /** Port 0 in a listener's address lets Envoy choose a free one: this is the one it chose. */
  async portOf(listener: string): Promise<number> {
    const { body } = await this.admin("/listeners?format=json");
    const { listener_statuses: statuses = [] } = JSON.parse(body) as {
      listener_statuses?: { name: string; local_address: { socket_address: { port_value: number } } }[];
    };
    const found = statuses.find(({ name }) => name === listener);
    assert.ok(found, `Envoy has no listener ${listener}: ${body}\n${this.log()}`);
    return found.local_address.socket_address.port_value;
  }

  async stop(): Promise<void> {
    const gone = this.#child.exitCode !== null || this.#child.signalCode !== null;
    if (!gone) {
      const exited = once(this.#child, "exit");
      this.#child.kill("SIGKILL");
      await exited;
    }
    process.removeListener("exit", this.#removeDirectory);
    this.#removeDirectory();
  }

  async #ready(): Promise<void> {
    const deadline = performance.now() + READY_WITHIN_MS;
    for (;;) {
      assert.equal(this.#child.exitCode, null, `Envoy ended: ${this.log()}`);
      const answer = await this.admin("/ready").catch(() => undefined);
      if (answer?.status === 200) return;
      assert.ok(performance.now() < deadline, `Envoy not ready: ${answer?.body}\n${this.log()}`);
      await delay(20);
    }
  }
}
