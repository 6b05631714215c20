/** Files with keys and tokens: their owner's only, or not used at all. */
import { closeSync, constants, fstatSync, mkdirSync, openSync, readFileSync, type Stats } from "node:fs";
import { dirname } from "node:path";
import { writeWhole } from "../lib/write-whole.ts";
import type { Problem } from "../model/problem.ts";
import { accessProblem } from "./access-problem.ts";

/** What others may not do with a file: nothing at all, or only write it. */
const FORBIDDEN = { private: 0o077, "may be read": 0o022 } as const;

/** The text; undefined when there is no such file. */
export function readOwnFile(
  path: string,
  kind: keyof typeof FORBIDDEN,
): { readonly text: string | undefined } | { readonly problem: Problem } {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    return isSystemError(error) && error.code === "ENOENT" ? { text: undefined } : { problem: unusable(path, error) };
  }
  try {
    const exposure = exposureOf(fstatSync(file), FORBIDDEN[kind]);
    if (exposure) return { problem: accessProblem("LB7210", `${path} ${exposure}`) };
    return { text: readFileSync(file, "utf8") };
  } catch (error) {
    return { problem: unusable(path, error) };
  } finally {
    closeSync(file);
  }
}

/** Makes its directory, private too, where there is none. */
export function writePrivateFile(path: string, text: string): Problem | undefined {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeWhole(path, text);
    return undefined;
  } catch (error) {
    return unusable(path, error);
  }
}

function exposureOf({ mode, uid }: Stats, forbidden: number): string | undefined {
  if ((mode & forbidden) !== 0) return `has mode 0${(mode & 0o777).toString(8)}, so other users may open it`;
  const own = process.getuid?.();
  return own === undefined || uid === own || uid === 0 ? undefined : `belongs to another user (uid ${uid})`;
}

function unusable(path: string, error: unknown): Problem {
  if (!isSystemError(error)) throw error;
  return accessProblem("LB7211", `${path} can't be used: ${error.message}`);
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error;
}
