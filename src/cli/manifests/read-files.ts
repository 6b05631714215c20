/** What -f names: files, directories, standard input. */
import { type Dirent, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Problem } from "../../model/problem.ts";
import { cliProblem } from "../terminal.ts";
import { type Manifest, type Manifests, readManifestText } from "./manifest.ts";

/** @param recursive also directories below those that are named */
export async function readManifests(paths: readonly string[], recursive: boolean): Promise<Manifests> {
  const manifests: Manifest[] = [];
  const problems: Problem[] = [];
  for (const path of paths) {
    try {
      for (const file of filesOf(path, recursive)) {
        const content = file === "-" ? await text(process.stdin) : readFileSync(file, "utf8");
        const read = readManifestText(content, file === "-" ? "standard input" : file);
        manifests.push(...read.manifests);
        problems.push(...read.problems);
      }
    } catch (error) {
      if (!(error instanceof Error && "code" in error)) throw error;
      const message =
        error.code === "ENOENT" ? `${path}: there is no such file or directory` : `${path}: ${error.message}`;
      problems.push(cliProblem("LB6225", message));
    }
  }
  if (manifests.length === 0 && problems.length === 0)
    problems.push(cliProblem("LB6225", `no objects are in ${paths.join(", ")}`));
  return { manifests, problems };
}

function filesOf(path: string, recursive: boolean): readonly string[] {
  if (path === "-" || !statSync(path).isDirectory()) return [path];
  return below(path, recursive);
}

/** By name, so that the same directory is always read in the same order. Hidden files are left out, as `up` does. */
function below(directory: string, recursive: boolean): string[] {
  const entries = readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.name.startsWith(".")) return [];
    if (isDirectory(entry, path)) return recursive ? below(path, recursive) : [];
    return /\.(ya?ml|json)$/i.test(entry.name) ? [path] : [];
  });
}

function isDirectory(entry: Dirent, path: string): boolean {
  return entry.isSymbolicLink() ? statSync(path).isDirectory() : entry.isDirectory();
}
