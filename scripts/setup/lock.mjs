// One set-up at a time in a clone. A second one waits; one that was killed doesn't block those after it.
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { writeWhole } from "./files.mjs";
import { stateDirectory } from "./places.mjs";
import { isAlive } from "./process.mjs";

const file = join(stateDirectory, "lock");
const orphanPatienceMs = 300_000;

/**
 * @typedef {object} Holder
 * @property {number} pid the set-up
 * @property {number} [child] the program that it runs at the moment
 */

/**
 * @param {(line: string) => void} report
 * @returns {Promise<{ recordChild(pid: number | undefined): void, release(): void }>}
 */
export async function takeLock(report) {
  mkdirSync(stateDirectory, { recursive: true });
  const mine = `${file}.${process.pid}`;
  let told = false;
  for (;;) {
    // A link appears with its content, so no one ever reads a lock that is still empty.
    writeFileSync(mine, JSON.stringify({ pid: process.pid }));
    try {
      linkSync(mine, file);
      break;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
    } finally {
      rmSync(mine, { force: true });
    }
    const holder = readHolder(file);
    if (holder !== undefined && isAlive(holder.pid)) {
      if (!told) report(`waiting for another set-up (process ${holder.pid}) to finish`);
      told = true;
      await delay(200);
    } else if (holder !== undefined) {
      await waitForOrphan(holder, report);
      discard(holder);
    }
  }
  return {
    recordChild: (pid) => writeWhole(file, JSON.stringify({ pid: process.pid, child: pid })),
    release: () => rmSync(file, { force: true }),
  };
}

/** @param {string} path @returns {Holder | undefined} */
function readHolder(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/**
 * A killed set-up can leave its `npm ci` at work, and two of those in one folder break each other.
 *
 * @param {Holder} holder
 * @param {(line: string) => void} report
 */
async function waitForOrphan(holder, report) {
  const child = holder.child;
  if (child === undefined || !isAlive(child)) return;
  report(`waiting for what an interrupted set-up left running (process ${child})`);
  const deadline = Date.now() + orphanPatienceMs;
  while (isAlive(child) && Date.now() < deadline) await delay(200);
}

/**
 * Removes a dead set-up's lock. Another set-up may have done so first and hold a new one: that is put back.
 *
 * @param {Holder} dead
 */
function discard(dead) {
  const aside = `${file}.${process.pid}.dead`;
  try {
    renameSync(file, aside);
    if (readHolder(aside)?.pid !== dead.pid) linkSync(aside, file);
  } catch {
    // Someone else removed it or took it; the next attempt sees which.
  }
  rmSync(aside, { force: true });
}
