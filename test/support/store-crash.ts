/** Kills the crash program at a moment that a seed decides, and says what it had acknowledged by then. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("./store-crash-program.ts", import.meta.url));

export type CrashAct = "write" | "compact" | "migrate" | "backUp" | "restore";

export interface Crash {
  readonly act: CrashAct;
  readonly path: string;
  /** Killed when it has printed so many lines (the first one says that it is ready) … */
  readonly lines: number;
  /** … and so many milliseconds later. */
  readonly ms: number;
}

export interface Crashed {
  /** What it printed, split at spaces. */
  readonly lines: readonly string[][];
  /** When it printed each of them, milliseconds. */
  readonly times: readonly number[];
}

/** Fails when the program ended by itself with an error. */
export async function crash({ act, path, lines, ms }: Crash): Promise<Crashed> {
  const child = spawn(process.execPath, [PROGRAM, act, path], { stdio: ["ignore", "pipe", "pipe"] });
  const errors = text(child.stderr);
  const ended = once(child, "close");
  const printed: string[][] = [];
  const times: number[] = [];
  const enough = Promise.withResolvers<void>();
  if (lines === 0) enough.resolve();
  createInterface(child.stdout).on("line", (line) => {
    printed.push(line.split(" "));
    times.push(performance.now());
    if (printed.length === lines) enough.resolve();
  });
  await Promise.race([enough.promise, ended]);
  await delay(ms);
  child.kill("SIGKILL");
  await ended;
  if (child.exitCode) throw new Error(await errors);
  return { lines: printed, times };
}

/** How long the act takes to its first acknowledgement, milliseconds, for choosing moments within it. */
export async function timeOf(act: CrashAct, path: string): Promise<number> {
  const { times } = await crash({ act, path, lines: 2, ms: 0 });
  const [ready = 0, done = 0] = times;
  return done - ready;
}
