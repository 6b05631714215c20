/** Where the keys come from that seal secrets: a file, or the value of an environment variable. */
import { randomBytes } from "node:crypto";
import { closeSync, fstatSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import type { Problem } from "../model/problem.ts";
import { SEALING_KEY_BYTES, type Sealing, type SealingKey, sealingKey } from "./sealing.ts";
import { storageProblem, systemProblem } from "./storage-problem.ts";

const MAX_FILE_BYTES = 64 * 1024;
/** Anything for the group or for others. */
const FOREIGN_BITS = 0o077;

/** `environment` is the variable's value. Its keys come before the file's. */
export function readSealingKeys(from: { readonly file?: string; readonly environment?: string }): Sealing | Problem {
  const keys = new Map<string, SealingKey>();
  if (from.environment !== undefined) {
    const problem = addKeys(keys, from.environment, "the environment variable of the sealing keys");
    if (problem) return problem;
  }
  if (from.file !== undefined) {
    const text = readKeyFile(from.file);
    if (typeof text !== "string") return text;
    const problem = addKeys(keys, text, from.file);
    if (problem) return problem;
  }
  const [first, ...others] = keys.values();
  return first ? { keys: [first, ...others] } : storageProblem("LB7111", "no sealing key was given");
}

/** Makes a file with one new key, mode 0600. A file that is there already is left as it is, with a Problem. */
export function createSealingKeyFile(path: string): Problem | undefined {
  try {
    const file = openSync(path, "wx", 0o600);
    try {
      writeSync(file, `${randomBytes(SEALING_KEY_BYTES).toString("base64")}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    return undefined;
  } catch (error) {
    return systemProblem("LB7111", `the key file ${path} can't be made`, error);
  }
}

function readKeyFile(path: string): string | Problem {
  try {
    const file = openSync(path, "r");
    try {
      const { mode, size } = fstatSync(file);
      if (mode & FOREIGN_BITS)
        return storageProblem("LB7111", `${path} has mode ${(mode & 0o777).toString(8)}: others may use it`);
      if (size > MAX_FILE_BYTES) return storageProblem("LB7111", `${path} is too large to be a file of keys`);
      return readFileSync(file, "utf8");
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return systemProblem("LB7111", `the key file ${path} can't be read`, error);
  }
}

/** A line that isn't a key is never quoted: it may be a mistyped one. */
function addKeys(keys: Map<string, SealingKey>, text: string, source: string): Problem | undefined {
  for (const [index, line] of text.split("\n").entries()) {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#")) continue;
    const bytes = Buffer.from(trimmed, "base64");
    if (bytes.length !== SEALING_KEY_BYTES || bytes.toString("base64") !== trimmed)
      return storageProblem("LB7111", `line ${index + 1} of ${source} is not 32 bytes in base64`);
    const key = sealingKey(bytes);
    keys.set(key.id, key);
  }
  return undefined;
}
