import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
/** A bound for a command that should end, milliseconds. */
const BOUND_MS = 30_000;

export interface Outcome {
  readonly out: string;
  readonly err: string;
  readonly code: number | null;
}

export type RunningCommand = ChildProcessByStdio<null, Readable, Readable>;

/** Starts the real command line in a process of its own. After the bound it is ended; 0 is none. */
export function startCommand(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  { boundMs = BOUND_MS } = {},
): RunningCommand {
  return spawn(process.execPath, [MAIN, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    // Any free port: tests run side by side.
    env: { ...process.env, LANDBRIDGE_API: "127.0.0.1:0", ...env },
    timeout: boundMs,
  });
}

/** Runs the command line to its end. */
export async function landbridge(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const child = startCommand(args, env);
  const ended = once(child, "close");
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await ended;
  return { out, err, code: child.exitCode };
}

/** What a process has printed so far, and waiting for more. */
export class Printed {
  #text = "";
  #more = Promise.withResolvers<void>();
  readonly #end: Promise<void>;

  constructor(stream: Readable) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      this.#text += chunk;
      this.#more.resolve();
      this.#more = Promise.withResolvers();
    });
    this.#end = once(stream, "close").then(() => {});
  }

  get text(): string {
    return this.#text;
  }

  /** Until the text matches; throws when the stream ends before. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.#text)) {
      const ended = await Promise.race([this.#more.promise.then(() => false), this.#end.then(() => true)]);
      if (ended && !pattern.test(this.#text)) throw new Error(`ended without ${pattern}:\n${this.#text}`);
    }
    return this.#text;
  }
}
