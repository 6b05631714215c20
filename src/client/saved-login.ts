/** The login that commands use when nothing else says which API is meant: a kubeconfig of Landbridge's own. */
import { mkdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { writeWhole } from "../lib/write-whole.ts";
import type { Connection } from "./api-transport.ts";
import type { ApiAnswer, ApiProblem } from "./api-types.ts";
import { clientProblem } from "./client-problem.ts";
import { readKubeconfig } from "./kubeconfig-reader.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** freedesktop.org's Base Directory Specification. */
export function savedLoginPath(env: Environment): string {
  const base = env.XDG_CONFIG_HOME || join(env.HOME || homedir(), ".config");
  return join(base, "landbridge", "config");
}

/** undefined when nobody has logged in. */
export async function readSavedLogin(env: Environment, context?: string): Promise<ApiAnswer<Connection> | undefined> {
  const path = savedLoginPath(env);
  let mode: number;
  try {
    ({ mode } = statSync(path));
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return undefined;
    return { problem: unusable(path, error) };
  }
  // It holds a token. As ssh does with private keys: others have had the chance to read it, so somebody has to look.
  if ((mode & 0o077) !== 0)
    return { problem: clientProblem("LB6119", `${path} can be read by others (mode ${(mode & 0o777).toString(8)})`) };
  const read = await readKubeconfig(path, context);
  return "problem" in read ? { problem: clientProblem("LB6119", read.problem.message) } : read;
}

/** @param kubeconfig its text */
export function saveLogin(env: Environment, kubeconfig: string): ApiProblem | undefined {
  const path = savedLoginPath(env);
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeWhole(path, kubeconfig);
    return undefined;
  } catch (error) {
    return unusable(path, error);
  }
}

function unusable(path: string, error: unknown): ApiProblem {
  if (codeOf(error) === undefined) throw error;
  return clientProblem("LB6119", `${path}: ${(error as Error).message}`);
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
