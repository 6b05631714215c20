// Running other programs so that none outlives an interrupted set-up.
import { spawn } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { constants as system } from "node:os";
import { delimiter, join } from "node:path";
import { SetUpFailure } from "./failure.mjs";
import { root } from "./places.mjs";

/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();
/** @type {(pid: number | undefined) => void} */
let onChild = () => {};

/**
 * @typedef {object} Outcome
 * @property {number | null} code null when a signal ended the program or it couldn't be started
 * @property {string} output what it printed, both streams
 */

/**
 * @param {string} program
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string }} [options]
 * @returns {Promise<Outcome>}
 */
export function run(program, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: options.cwd ?? root,
      env: options.env ?? process.env,
      stdio: ["ignore", "pipe", "pipe"],
      // A group of its own, so that an interrupt ends the program together with what it started.
      detached: true,
    });
    running.add(child);
    onChild(child.pid);
    let output = "";
    const collect = (/** @type {Buffer} */ chunk) => {
      output += chunk;
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    // A program that can't be started reports an error, and closes after that.
    let settled = false;
    const settle = (/** @type {Outcome} */ outcome) => {
      if (settled) return;
      settled = true;
      running.delete(child);
      onChild(undefined);
      resolve(outcome);
    };
    child.on("error", (error) => settle({ code: null, output: error.message }));
    child.on("close", (code) => settle({ code, output }));
  });
}

/**
 * Like `run`, but anything except success stops the set-up with what the program said.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, hint?: string }} [options]
 */
export async function mustRun(program, args, options = {}) {
  const { code, output } = await run(program, args, options);
  if (code === 0) return output;
  const lines = output.trim().split("\n");
  const few = lines.length <= 20 ? lines : [...lines.slice(0, 10), "...", ...lines.slice(-10)];
  const said = few.join("\n  ");
  throw new SetUpFailure(
    `\`${[program, ...args].join(" ")}\` failed:\n  ${said}${options.hint ? `\n${options.hint}` : ""}`,
  );
}

/**
 * @param {{ onChild: (pid: number | undefined) => void, onEnd: () => void }} hooks `onChild` hears which program runs,
 *   `onEnd` puts the rest in order before the set-up ends
 */
export function stopOnSignals(hooks) {
  onChild = hooks.onChild;
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.once(signal, async () => {
      console.error("set-up: interrupted; run it again to go on");
      const ended = [...running].map((child) => new Promise((resolve) => child.once("close", resolve)));
      for (const child of running) signalGroup(child.pid, "SIGTERM");
      const patience = setTimeout(() => {
        for (const child of running) signalGroup(child.pid, "SIGKILL");
      }, 5000);
      await Promise.all(ended);
      clearTimeout(patience);
      hooks.onEnd();
      process.exit(128 + system.signals[signal]);
    });
  }
}

/**
 * @param {number | undefined} pid
 * @param {NodeJS.Signals} signal
 */
function signalGroup(pid, signal) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended already.
  }
}

/** @param {number} pid */
export function isAlive(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}

/**
 * The file that the shell would run for a name, or undefined.
 *
 * @param {string} name
 */
export function findOnPath(name) {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const file = join(folder || ".", name);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return file;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}
