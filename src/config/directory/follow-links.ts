import { lstatSync, readlinkSync, type Stats } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { errorCode } from "../file-problem.ts";

/** As many as Linux follows (MAXSYMLINKS). */
const MAX_LINKS = 40;

/** Where a path leads, and every symbolic link that decided it: a change of any of them may lead elsewhere. */
export type Followed =
  | { readonly kind: "found"; readonly real: string; readonly stats: Stats; readonly links: readonly string[] }
  | { readonly kind: "missing"; readonly links: readonly string[] }
  | { readonly kind: "circle"; readonly links: readonly string[] };

/**
 * Resolves `name` inside `directory` (itself free of links) by hand, because realpath does not tell the links:
 * a ConfigMap's file is `a.yaml -> ..data/a.yaml`, `..data -> ..2026_01_01`, and only `..data` is ever replaced.
 */
export function followLinks(directory: string, name: string): Followed {
  const links: string[] = [];
  const rest = parts(name);
  let current = directory;
  let stats: Stats | undefined;
  for (let part = rest.shift(); part !== undefined; part = rest.shift()) {
    if (part === "..") {
      current = dirname(current);
      stats = undefined;
      continue;
    }
    const path = join(current, part);
    const found = lstatOrMissing(path);
    if (found === undefined) return { kind: "missing", links };
    if (!found.isSymbolicLink()) {
      current = path;
      stats = found;
      continue;
    }
    links.push(path);
    if (links.length > MAX_LINKS) return { kind: "circle", links };
    const target = readlinkSync(path);
    if (isAbsolute(target)) current = "/";
    rest.unshift(...parts(target));
    stats = undefined;
  }
  return { kind: "found", real: current, stats: stats ?? lstatSync(current), links };
}

function parts(path: string): string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}

function lstatOrMissing(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return undefined;
    throw error;
  }
}
