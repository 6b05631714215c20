import { lstatSync } from "node:fs";
import { basename, join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { parse } from "../../model/parse.ts";
import type { Problem } from "../../model/problem.ts";
import { fileProblem, systemReason } from "../file-problem.ts";
import type { ConfigSource, SourceUpdate } from "../source.ts";
import { Alarm } from "./alarm.ts";
import { DirectoryFiles, type Look, type Parse } from "./files.ts";
import { isConfigName, isHidden, listTree, type Tree } from "./tree.ts";
import { DirectoryWatches, type Watch } from "./watches.ts";

/** Times in milliseconds. */
export interface DirectorySourceOptions {
  /** How long something has to be gone before it is removed. */
  readonly confirmMs?: number;
  /** How long a text that looks half-written has to stay the same before it is believed. */
  readonly settleMs?: number;
  /** How often to look when the operating system does not tell of changes. */
  readonly pollMs?: number;
  /** How often to look although it does: it loses events when too many come at once. */
  readonly sweepMs?: number;
  /** Files over this size are refused. */
  readonly maxBytes?: number;
  readonly watch?: Watch;
  readonly parse?: Parse;
}

const DEFAULTS = { confirmMs: 75, settleMs: 20, pollMs: 500, sweepMs: 30_000, maxBytes: 4 * 1024 * 1024, parse };

/** How long files of a directory that was itself deleted and made again may take to come back. Milliseconds. */
const RETURN_MS = 1_000;
/** Files handled before others get a turn. */
const SLICE = 64;
/** Files whose status is asked for before others get a turn. */
const STATS_SLICE = 256;
const MAX_ROUNDS = 3;

/** Objects from the *.yaml, *.yml and *.json files in and below a directory, kept current. Run once. */
export class DirectorySource implements ConfigSource {
  readonly #root: string;
  readonly #options: Required<Omit<DirectorySourceOptions, "watch">>;
  readonly #watches: DirectoryWatches;
  readonly #files: DirectoryFiles;
  readonly #alarm = new Alarm();
  readonly #changed = new Set<string>();
  /** Files to look at again, and when. */
  readonly #later = new Map<string, number>();
  /** Where each file really lies: as listed, and as seen since. */
  #real = new Map<string, string>();
  #tree = NOTHING;
  #isStarted = false;
  #listAgain = true;
  /** The root could not be listed, and nothing was found in it since. */
  #wasLost = false;
  /** No removal is certain before this time (milliseconds since the epoch). */
  #patientUntil = 0;
  #nextSweep = 0;
  #problems: readonly Problem[] = [];

  constructor(root: string, options: DirectorySourceOptions = {}) {
    this.#root = root;
    this.#options = { ...DEFAULTS, ...options };
    const { maxBytes } = this.#options;
    this.#files = new DirectoryFiles({ source: root, maxBytes, parse: this.#options.parse });
    this.#watches = new DirectoryWatches(
      { onEvent: (...event) => this.#onEvent(...event), onLost: () => this.#requestList() },
      options.watch,
    );
  }

  async run(onUpdate: (update: SourceUpdate) => void, signal: AbortSignal): Promise<void> {
    const stop = () => this.#alarm.ring();
    signal.addEventListener("abort", stop);
    const report = () => {
      const update = this.#files.update(this.#problems);
      if (update && !signal.aborted) onUpdate(update);
    };
    try {
      await this.#readAll(signal);
      report();
      while (!signal.aborted) {
        await this.#alarm.sleep(this.#nextLook());
        // Several events of one write arrive together; one turn later all of them are here.
        await turn();
        if (this.#listAgain || Date.now() >= this.#nextSweep) await this.#list(report, signal);
        await this.#readChanged(report, signal);
      }
    } finally {
      signal.removeEventListener("abort", stop);
      this.#watches.close();
    }
  }

  async #readAll(signal: AbortSignal): Promise<void> {
    const silent = () => {};
    await this.#list(silent, signal);
    await this.#readChanged(silent, signal);
    if (this.#later.size > 0) {
      await this.#alarm.sleep(Date.now() + this.#options.settleMs);
      await this.#readChanged(silent, signal);
    }
  }

  #nextLook(): number {
    return Math.min(this.#nextSweep, ...this.#later.values());
  }

  #requestList(): void {
    this.#listAgain = true;
    this.#alarm.ring();
  }

  #onEvent(directory: string, name: string | undefined, moved: boolean): void {
    const real = name === undefined ? directory : join(directory, name);
    // A directory that is deleted or moved away tells it under its own name.
    if (this.#wasLost || name === undefined || this.#tree.hinges.has(real) || (moved && name === basename(directory))) {
      this.#requestList();
      return;
    }
    for (const path of this.#tree.aliases.get(real) ?? []) this.#changed.add(path);
    const parent = this.#tree.directories.get(directory);
    if (parent !== undefined && isConfigName(name)) this.#onFileEvent(real, join(parent, name));
    else if (parent !== undefined && moved && !isHidden(name) && this.#isBranch(real)) this.#requestList();
    if (this.#changed.size > 0) this.#alarm.ring();
  }

  #onFileEvent(real: string, path: string): void {
    const kind = entryKind(real);
    if (kind === "branch") {
      this.#requestList();
      return;
    }
    if (kind === "file") this.#real.set(path, real);
    this.#changed.add(path);
  }

  /** A directory or link, or what was one. */
  #isBranch(real: string): boolean {
    return this.#tree.directories.has(real) || entryKind(real) === "branch";
  }

  async #list(report: () => void, signal: AbortSignal): Promise<void> {
    this.#listAgain = false;
    const tree = this.#listWatched();
    const failures = [...this.#watches.failures()].map(([directory, error]) =>
      fileProblem("LB1403", directory, `${directory} is polled, not watched: ${systemReason(error)}`),
    );
    this.#tree = tree;
    this.#problems = [...tree.problems, ...failures];
    this.#nextSweep =
      Date.now() + (tree.readable && failures.length === 0 ? this.#options.sweepMs : this.#options.pollMs);
    if (this.#isLost(tree)) return;
    this.#real = new Map(tree.files);
    for (const path of this.#files.paths()) {
      if (!tree.files.has(path) && !tree.broken.has(path) && !isBelow(path, tree.unlisted)) this.#changed.add(path);
    }
    for (const [path, problem] of tree.broken) this.#files.broken(path, problem, Date.now());
    let looked = 0;
    for (const [path, real] of tree.files) {
      if (this.#files.isStale(path, real)) this.#changed.add(path);
      if (++looked % STATS_SLICE === 0 && this.#isStarted) await this.#readChanged(report, signal);
    }
    this.#isStarted = true;
  }

  /** Lists and watches; lists again when a watch is new, for what came between the two. */
  #listWatched(): Tree {
    for (let round = 0; ; round++) {
      const tree = listTree(this.#root);
      const wanted = new Set([...tree.directories.keys(), ...tree.outside]);
      const isNew = [...wanted].some((directory) => !this.#watches.has(directory));
      this.#watches.set(wanted);
      if (!isNew || round === MAX_ROUNDS) return tree;
    }
  }

  /** While the directory is gone, and until something is in it again, nothing of it is removed. */
  #isLost(tree: Tree): boolean {
    if (!tree.readable) {
      this.#wasLost = true;
      return true;
    }
    if (!this.#wasLost) return false;
    if (tree.files.size + tree.broken.size === 0 && !this.#files.isEmpty()) {
      const message = `${this.#root} was made anew and is empty; what it held before keeps serving`;
      this.#problems = [...this.#problems, fileProblem("LB1402", this.#root, message)];
      return true;
    }
    this.#wasLost = false;
    this.#patientUntil = Date.now() + RETURN_MS;
    return false;
  }

  /** Reads the files that changed and those whose time for a second look has come, a slice at a turn. */
  async #readChanged(report: () => void, signal: AbortSignal): Promise<void> {
    do {
      let left = SLICE;
      for (const path of this.#changed) {
        if (left-- === 0) break;
        this.#changed.delete(path);
        this.#look(path, "first");
      }
      const now = Date.now();
      for (const [path, at] of this.#later) {
        if (at > now) continue;
        this.#later.delete(path);
        this.#look(path, "second");
      }
      report();
      await turn();
    } while (this.#changed.size > 0 && !signal.aborted);
  }

  #look(path: string, look: Look): void {
    if (this.#tree.broken.has(path) || this.#wasLost) return;
    const now = Date.now();
    const real = this.#real.get(path);
    const verdict = real === undefined ? this.#files.vanished(path, look) : this.#files.read(path, real, look, now);
    if (verdict === "done") this.#later.delete(path);
    else if (verdict === "half-written") this.#later.set(path, now + this.#options.settleMs);
    else if (!this.#later.has(path)) this.#later.set(path, Math.max(now + this.#options.confirmMs, this.#patientUntil));
    if (verdict === "done" && !this.#files.has(path)) this.#real.delete(path);
  }
}

function entryKind(real: string): "branch" | "file" | "missing" {
  try {
    const stats = lstatSync(real);
    return stats.isDirectory() || stats.isSymbolicLink() ? "branch" : "file";
  } catch {
    return "missing";
  }
}

function isBelow(path: string, directories: readonly string[]): boolean {
  return directories.some((directory) => path.startsWith(`${directory}/`));
}

const NOTHING: Tree = {
  files: new Map(),
  directories: new Map(),
  outside: new Set(),
  hinges: new Set(),
  aliases: new Map(),
  broken: new Map(),
  problems: [],
  unlisted: [],
  readable: false,
};
