import { type Dirent, readdirSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { Problem } from "../../model/problem.ts";
import { errorCode, fileProblem, systemReason } from "../file-problem.ts";
import { type Followed, followLinks } from "./follow-links.ts";

const MAX_DEPTH = 32;

/** A directory and everything below it, as it was found at one moment. */
export interface Tree {
  /** Configuration files: the path as users write it -> where it really lies. */
  readonly files: ReadonlyMap<string, string>;
  /** Directories of the tree: where they really lie -> the path as users write it. */
  readonly directories: ReadonlyMap<string, string>;
  /** Other directories to watch, because links of the tree lie in them or lead to them. */
  readonly outside: ReadonlySet<string>;
  /** Links, and the root itself: when one of them changes, the tree has to be listed again. */
  readonly hinges: ReadonlySet<string>;
  /** Really lies -> the paths of the tree that lead there by links. */
  readonly aliases: ReadonlyMap<string, readonly string[]>;
  /** Entries that can't be read as they are; what they held before is kept. */
  readonly broken: ReadonlyMap<string, Problem>;
  readonly problems: readonly Problem[];
  /** Directories (as users write them) that can't be listed: nothing is known of what is below. */
  readonly unlisted: readonly string[];
  /** False: the root can't be listed, so nothing is known of its files. */
  readonly readable: boolean;
}

export function isConfigName(name: string): boolean {
  return !isHidden(name) && /\.(ya?ml|json)$/i.test(name);
}

/** Kubernetes' `..data`, editors' swap and lock files, .git. */
export function isHidden(name: string): boolean {
  return name.startsWith(".");
}

/** Lists `root` and all below it. Reads no file, and asks for the status of links only. */
export function listTree(root: string): Tree {
  return new Listing(root).tree();
}

class Listing {
  readonly #root: string;
  readonly #files = new Map<string, string>();
  readonly #directories = new Map<string, string>();
  readonly #outside = new Set<string>();
  readonly #hinges = new Set<string>();
  readonly #aliases = new Map<string, string[]>();
  readonly #broken = new Map<string, Problem>();
  readonly #problems: Problem[] = [];
  readonly #unlisted: string[] = [];

  constructor(root: string) {
    this.#root = root;
  }

  tree(): Tree {
    const readable = this.#listRoot();
    return {
      files: this.#files,
      directories: this.#directories,
      outside: this.#outside,
      hinges: this.#hinges,
      aliases: this.#aliases,
      broken: this.#broken,
      problems: this.#problems,
      unlisted: this.#unlisted,
      readable,
    };
  }

  #listRoot(): boolean {
    let found: Followed;
    const absolute = resolve(this.#root);
    try {
      found = followLinks("/", absolute);
    } catch (error) {
      this.#problem(this.#root, `${this.#root} can't be reached: ${systemReason(error)}`);
      return false;
    }
    this.#addHinges(found.links);
    this.#addHinges([absolute]);
    if (found.kind !== "found") {
      this.#problem(this.#root, `${this.#root} does not exist`);
      return false;
    }
    if (!found.stats.isDirectory()) {
      this.#problem(this.#root, `${this.#root} is not a directory`);
      return false;
    }
    this.#addHinges([found.real]);
    return this.#listDirectory(found.real, this.#root, 0);
  }

  #listDirectory(real: string, path: string, depth: number): boolean {
    // Listed once, however many links lead to it: this ends circles too.
    if (this.#directories.has(real)) return true;
    if (depth > MAX_DEPTH) {
      this.#problems.push(fileProblem("LB1411", path, `${path} lies over ${MAX_DEPTH} directories deep`));
      return false;
    }
    let entries: Dirent[];
    try {
      entries = readdirSync(real, { withFileTypes: true });
    } catch (error) {
      // One that went between listing its parent and itself is not there; that is no problem.
      if (depth > 0 && errorCode(error) === "ENOENT") return false;
      this.#unlisted.push(path);
      this.#problem(path, `${path} can't be listed: ${systemReason(error)}`);
      return false;
    }
    this.#directories.set(real, path);
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      if (isHidden(entry.name)) continue;
      this.#addEntry(entry, real, path, depth);
    }
    return true;
  }

  #addEntry(entry: Dirent, parent: string, parentPath: string, depth: number): void {
    const real = join(parent, entry.name);
    const path = join(parentPath, entry.name);
    if (entry.isSymbolicLink()) this.#addLink(entry.name, parent, path, depth);
    else if (entry.isDirectory()) this.#listDirectory(real, path, depth + 1);
    else if (isConfigName(entry.name)) this.#files.set(path, real);
  }

  #addLink(name: string, parent: string, path: string, depth: number): void {
    let found: Followed;
    try {
      found = followLinks(parent, name);
    } catch (error) {
      if (isConfigName(name)) {
        this.#broken.set(path, fileProblem("LB1404", path, `${path} can't be reached: ${systemReason(error)}`));
      }
      return;
    }
    if (found.kind !== "found") {
      if (!isConfigName(name)) return;
      this.#addHinges(found.links);
      const what = found.kind === "circle" ? "is part of a circle of links" : "is a link to a file that does not exist";
      this.#broken.set(path, fileProblem("LB1406", path, `${path} ${what}`));
    } else if (found.stats.isDirectory()) {
      this.#addHinges(found.links);
      this.#listDirectory(found.real, path, depth + 1);
    } else if (isConfigName(name)) {
      this.#addHinges(found.links);
      this.#files.set(path, found.real);
      this.#aliases.set(found.real, [...(this.#aliases.get(found.real) ?? []), path]);
      this.#outside.add(dirname(found.real));
    }
  }

  #addHinges(paths: readonly string[]): void {
    for (const path of paths) {
      if (basename(path) === "") continue;
      this.#hinges.add(path);
      this.#outside.add(dirname(path));
    }
  }

  #problem(path: string, message: string): void {
    this.#problems.push(fileProblem("LB1401", path, message));
  }
}
