// Files that appear whole or not at all, so that an interrupted set-up leaves nothing half-made behind.
import { createHash } from "node:crypto";
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { cacheDirectory } from "./places.mjs";
import { isAlive } from "./process.mjs";

const workshop = join(cacheDirectory, "tmp");

/** @param {string} path */
export function readJson(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}

/**
 * @param {string} path
 * @param {string} text
 * @param {number} [mode]
 */
export function writeWhole(path, text, mode = 0o644) {
  const unfinished = `${path}.${process.pid}.tmp`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(unfinished, text, { mode });
  renameSync(unfinished, path);
}

/**
 * Makes a folder of the cache: `make` fills a temporary one, which then takes its name in one step.
 * Another set-up may have made the same meanwhile; then theirs stays.
 *
 * @param {string} name the entry's name in the cache
 * @param {(folder: string) => Promise<void>} make
 */
export async function makeCacheEntry(name, make) {
  const unfinished = join(workshop, `${process.pid}-${name}`);
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  try {
    await make(unfinished);
    try {
      renameSync(unfinished, join(cacheDirectory, name));
    } catch (error) {
      if (!existsSync(join(cacheDirectory, name))) throw error;
    }
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** Removes what set-ups that were killed left in the cache. */
export function sweepWorkshop() {
  if (!existsSync(workshop)) return;
  for (const name of readdirSync(workshop)) {
    if (!isAlive(Number.parseInt(name, 10))) rmSync(join(workshop, name), { recursive: true, force: true });
  }
}

/** @param {string[]} parts */
export function hashOf(parts) {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}:${part}`);
  return hash.digest("hex");
}

/** @param {string} path */
export async function hashOfFile(path) {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
