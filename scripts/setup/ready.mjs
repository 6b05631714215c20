// Whether an earlier set-up still holds, answered in a few milliseconds: nothing it read has changed, and what it made
// is there.
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { hashOf, readJson, writeWhole } from "./files.mjs";
import { cacheDirectory, root, stateDirectory, toolsDirectory } from "./places.mjs";
import { findOnPath } from "./process.mjs";

/**
 * @typedef {object} Ready
 * @property {string} stamp hash of all that the set-up read
 * @property {readonly string[]} leaves files that must be there
 * @property {number} until when the demo's certificate has to be renewed, in milliseconds since 1970
 */

/** @param {import("./step.mjs").Purpose} purpose */
export function isReady(purpose) {
  try {
    /** @type {Ready} */
    const ready = readJson(readyFile(purpose));
    return Date.now() < ready.until && ready.leaves.every((file) => existsSync(file)) && ready.stamp === currentStamp();
  } catch {
    // No earlier set-up, or an unreadable one: then it is done anew.
    return false;
  }
}

/**
 * @param {import("./step.mjs").Purpose} purpose
 * @param {readonly string[]} leaves
 * @param {number} until
 */
export function writeReady(purpose, leaves, until) {
  writeWhole(readyFile(purpose), `${JSON.stringify({ stamp: currentStamp(), leaves, until }, null, 2)}\n`);
}

/** @param {import("./step.mjs").Purpose} purpose */
function readyFile(purpose) {
  return join(stateDirectory, `ready-${purpose}.json`);
}

function currentStamp() {
  const files = [
    join(root, "package.json"),
    join(root, "package-lock.json"),
    ...filesUnder(toolsDirectory),
    ...filesUnder(join(root, "scripts/setup")),
  ];
  const contents = files.map((file) => readFileSync(file, "utf8"));
  const envoyOnPath = findOnPath("envoy");
  const outside = [
    process.platform,
    process.arch,
    cacheDirectory,
    process.env.LANDBRIDGE_ENVOY ?? "",
    ...[envoyOnPath, process.env.LANDBRIDGE_ENVOY, join(root, "node_modules/.package-lock.json")].map(fingerprint),
  ];
  return hashOf([...contents, ...outside]);
}

/** @param {string} folder @returns {string[]} */
function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesUnder(join(folder, entry.name)) : [join(folder, entry.name)]));
}

/** Says when a file was replaced, without reading it. @param {string | undefined} file */
function fingerprint(file) {
  if (!file || !existsSync(file)) return "none";
  const { size, mtimeMs } = statSync(file);
  return `${realpathSync(file)} ${size} ${mtimeMs}`;
}
