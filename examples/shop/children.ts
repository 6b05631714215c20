/**
 * The processes that the demo starts, each in a group of its own: Ctrl-C reaches start.ts, which stops them in order.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { EstateProcess } from "./estate.ts";

/** A process, and how it ended in words once it has. */
export interface Child {
  readonly name: string;
  readonly process: ChildProcess;
  readonly ready: Promise<void>;
  readonly ended: Promise<string>;
}

/**
 * @param estate where it finds the services that it asks
 * @param log file descriptor for its output
 */
export function startService(service: EstateProcess, estate: readonly EstateProcess[], log: number): Child {
  const file = join(import.meta.dirname, "services", `${service.service}.ts`);
  const env = {
    ...process.env,
    MACHINE: service.machine,
    ADDRESS: service.address,
    PORT: String(service.port),
    PRODUCTS_URL: urlOf("productcatalogue", "/products", estate),
    STOCK_URL: urlOf("stockmanager", "/stock", estate),
  };
  const child = spawn(process.execPath, [file], { env, detached: true, stdio: ["ignore", log, log, "ipc"] });
  const ready = new Promise<void>((resolve) => child.once("message", () => resolve()));
  return follow(`${service.service} on ${service.machine}`, child, ready);
}

/** `landbridge up`. Its output goes to ours; the line that starts with "ready" makes it ready. */
export function startControlPlane(root: string, resources: string, stateDir: string): Child {
  const args = [join(root, "src/cli/main.ts"), "--state-dir", stateDir, "up", resources];
  const child = spawn(process.execPath, args, { cwd: root, detached: true, stdio: ["ignore", "pipe", "inherit"] });
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      console.log(line);
      if (line.startsWith("ready")) resolve();
    });
  });
  return follow("landbridge up", child, ready);
}

/** Asks, and insists after the bound. Resolves when the process is gone. */
export async function stopChild(child: Child, boundMs: number): Promise<void> {
  child.process.kill("SIGTERM");
  const insist = setTimeout(() => child.process.kill("SIGKILL"), boundMs);
  await child.ended;
  clearTimeout(insist);
}

function urlOf(service: string, path: string, estate: readonly EstateProcess[]): string {
  const found = estate.find((each) => each.service === service);
  return `http://${found?.address}:${found?.port}${path}`;
}

function follow(name: string, child: ChildProcess, ready: Promise<void>): Child {
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
  });
  return { name, process: child, ready, ended };
}
