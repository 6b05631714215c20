/**
 * The demo as users start it, on a copy of its resources and on ports of its own, so that it doesn't meet another one.
 */
import { type ChildProcessByStdio, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Readable } from "node:stream";
import { endLeftovers } from "../../src/proxy/leftover.ts";
import { identifyProcess, isAlive, type ProcessIdentity } from "../../src/proxy/process-identity.ts";
import { Printed } from "./command-line.ts";
import { freePort } from "./free-port.ts";

const REPOSITORY = resolve(import.meta.dirname, "../..");
/** As in examples/shop/resources, where they are written in several files. */
const PORTS = [8080, 8443, 8010, 8020, 8030];
/** Set-up has nothing to do, but looks; then the gateway starts. */
const READY = /Ctrl-C stops everything/;

export interface Exit {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export class Demo implements AsyncDisposable {
  /** Stands for the clone: examples/shop/resources, bin/landbridge, and the state directory .landbridge. */
  readonly root = mkdtempSync(join(tmpdir(), "lb-demo-"));
  readonly resources = join(this.root, "examples/shop/resources");
  readonly stateDir = join(this.root, ".landbridge");
  readonly #ports: ReadonlyMap<string, number>;
  #npm: ChildProcessByStdio<null, Readable, Readable> | undefined;
  #out: Printed | undefined;
  #err: Printed | undefined;

  static async make(): Promise<Demo> {
    const ports = new Map<string, number>();
    for (const port of PORTS) ports.set(String(port), await freePort("0.0.0.0"));
    return new Demo(ports);
  }

  private constructor(ports: ReadonlyMap<string, number>) {
    this.#ports = ports;
    cpSync(join(REPOSITORY, "examples/shop/resources"), this.resources, { recursive: true });
    for (const name of readdirSync(this.resources)) {
      if (name === "shop-tls.secret.yaml") continue;
      const path = join(this.resources, name);
      writeFileSync(path, this.withOwnPorts(readFileSync(path, "utf8")));
    }
    cpSync(join(REPOSITORY, "examples/teams"), join(this.root, "examples/teams"), { recursive: true });
    mkdirSync(join(this.root, "bin"));
    symlinkSync(join(REPOSITORY, "bin/landbridge"), join(this.root, "bin/landbridge"));
  }

  /** The port of this copy for one of the demo's. */
  port(original: number): number {
    const port = this.#ports.get(String(original));
    if (port === undefined) throw new Error(`the demo has no port ${original}`);
    return port;
  }

  withOwnPorts(text: string): string {
    return text.replaceAll(/\b\d{4}\b/g, (number) => String(this.#ports.get(number) ?? number));
  }

  /** `npm start`, in a process group of its own as in a terminal. */
  start(): void {
    this.#npm = spawn("npm", ["start", "--", this.resources], {
      cwd: REPOSITORY,
      env: { ...process.env, LANDBRIDGE_STATE_DIR: this.stateDir, LANDBRIDGE_API: "127.0.0.1:0", NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    this.#out = new Printed(this.#npm.stdout);
    this.#err = new Printed(this.#npm.stderr);
  }

  /** @returns what it printed */
  async untilReady(): Promise<string> {
    try {
      return (await this.#out?.until(READY)) ?? "";
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${this.#err?.text}`);
    }
  }

  /** All processes that `npm start` has brought up. */
  processes(): readonly ProcessIdentity[] {
    const lines = execFileSync("ps", ["-eo", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
    const parents = new Map(lines.map((line) => line.trim().split(/\s+/).map(Number) as [number, number]));
    const belongs = (pid: number | undefined): boolean =>
      pid !== undefined && (pid === this.#npm?.pid || belongs(parents.get(pid)));
    return [...parents.keys()].filter(belongs).flatMap((pid) => identifyProcess(pid) ?? []);
  }

  /** Ctrl-C in a terminal reaches the whole foreground group. */
  interrupt(): void {
    if (this.#npm?.pid !== undefined) process.kill(-this.#npm.pid, "SIGINT");
  }

  async exit(): Promise<Exit> {
    const npm = this.#npm;
    if (npm === undefined) throw new Error("not started");
    if (npm.exitCode === null && npm.signalCode === null) await once(npm, "close");
    return { code: npm.exitCode, out: this.#out?.text ?? "", err: this.#err?.text ?? "" };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const all = this.#npm === undefined ? [] : this.processes();
    if (all.length > 0) {
      this.interrupt();
      await this.exit();
    }
    for (const each of all) if (isAlive(each)) process.kill(each.pid, "SIGKILL");
    await endLeftovers(join(this.stateDir, "proxies"));
    rmSync(this.root, { recursive: true, force: true });
  }
}
