import { join } from "node:path";
import type { Problem } from "../model/problem.ts";
import { accessProblem } from "./access-problem.ts";
import { readOwnFile, writePrivateFile } from "./private-file.ts";
import { type MadeToken, makeToken, parseToken } from "./token.ts";

/** Part of the token only: no AccessToken object has to be there. */
const TOKEN_NAME = "bootstrap-admin";

/** The file that lets its reader do everything. */
export function bootstrapTokenPath(stateDirectory: string): string {
  return join(stateDirectory, "api", "admin.token");
}

/**
 * The credential that is there before anybody has made one: read from its file, or made and written there on the first
 * start. To replace it, delete the file and restart.
 *
 * @param random 32 bytes that nobody can guess; used when there is no file
 */
export function openBootstrapToken(
  stateDirectory: string,
  random: Uint8Array,
): MadeToken | { readonly problem: Problem } {
  const path = bootstrapTokenPath(stateDirectory);
  const found = readOwnFile(path, "private");
  if ("problem" in found) return found;
  if (found.text !== undefined) {
    const token = found.text.trim();
    const parsed = parseToken(token);
    return parsed ? { token, hash: parsed.hash } : { problem: accessProblem("LB7211", `${path} holds no whole token`) };
  }
  const made = makeToken(TOKEN_NAME, random);
  const problem = writePrivateFile(path, `${made.token}\n`);
  return problem ? { problem } : made;
}
