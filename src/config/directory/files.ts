import { equal } from "../../lib/equal.ts";
import type { ObjectKey } from "../../model/keys.ts";
import { keyOf } from "../../model/metadata.ts";
import type { parse } from "../../model/parse.ts";
import type { Problem } from "../../model/problem.ts";
import { fileProblem } from "../file-problem.ts";
import { type Claim, duplicateProblem, ObjectTable } from "../object-table.ts";
import type { SourceUpdate } from "../source.ts";
import { looksHalfWritten } from "./half-written.ts";
import { type FileRead, fileSignature, readConfigFile } from "./read-file.ts";

export type Parse = typeof parse;

export interface FilesOptions {
  readonly source: string;
  readonly maxBytes: number;
  readonly parse: Parse;
}

/** How sure a reading has to be: `first` impressions may ask for a second look, a `second` look decides. */
export type Look = "first" | "second";

/** What the caller has to do after a reading: nothing, look again soon, or look again when removals are certain. */
export type Verdict = "done" | "half-written" | "confirm-removal";

type TextReading = Extract<FileRead, { kind: "text" }>;

interface FileState {
  hash: string;
  signature: string;
  /** When it was read, milliseconds since the epoch: a signature that young may hide a later write. */
  readAt: number;
  objects: ReadonlySet<ObjectKey>;
  /** Objects that a good reading did not find any more, to be confirmed. */
  fading: ReadonlySet<ObjectKey>;
  /** Hash of a text that looked half-written and was not believed. */
  doubted: string | undefined;
}

/** Clocks of file systems tick this coarsely at worst (ext4: a jiffy; others: 2 s). Milliseconds. */
const COARSEST_TICK = 2_000;

/** The configuration files of a directory, read one at a time, and the objects in them. Knows no watch and no timer. */
export class DirectoryFiles {
  readonly #options: FilesOptions;
  readonly #files = new Map<string, FileState>();
  readonly #problems = new Map<string, readonly Problem[]>();
  readonly #table: ObjectTable;
  #reported: readonly Problem[] | undefined;

  constructor(options: FilesOptions) {
    this.#options = options;
    this.#table = new ObjectTable(options.source);
  }

  paths(): IterableIterator<string> {
    return this.#files.keys();
  }

  isEmpty(): boolean {
    return this.#files.size === 0;
  }

  has(path: string): boolean {
    return this.#files.has(path);
  }

  /** Whether a reading could find something new. */
  isStale(path: string, real: string): boolean {
    const state = this.#files.get(path);
    if (state === undefined || state.signature === "") return true;
    const signature = fileSignature(real);
    if (signature !== state.signature) return true;
    const modified = Number(BigInt(signature.split(":")[3] ?? "0") / 1_000_000n);
    return state.readAt - modified < COARSEST_TICK;
  }

  read(path: string, real: string, look: Look, now: number): Verdict {
    const reading = readConfigFile(real, path, this.#options.maxBytes);
    switch (reading.kind) {
      case "missing":
        return this.vanished(path, look);
      case "unreadable":
        this.#keep(path, reading.problem, reading.signature, now);
        return "done";
      case "text":
        return this.#take(path, reading, look, now);
    }
  }

  /** The file is not there. */
  vanished(path: string, look: Look): Verdict {
    const state = this.#files.get(path);
    if (state === undefined) {
      this.#problems.delete(path);
      return "done";
    }
    if (state.objects.size === state.fading.size && (look === "second" || state.objects.size === 0)) {
      for (const key of state.objects) this.#table.withdraw(path, key);
      this.#files.delete(path);
      this.#problems.delete(path);
      return "done";
    }
    for (const key of state.objects) this.#table.fade(path, key);
    // Whatever comes next under this name is new, also when it has the same bytes.
    this.#files.set(path, { ...state, hash: "", signature: "", fading: state.objects });
    return "confirm-removal";
  }

  /** The file can't be read as it is: what it held stays. */
  broken(path: string, problem: Problem, now: number): void {
    this.#keep(path, problem, "", now);
  }

  /** What changed since the last call; undefined when nothing did. `others` are problems that are no file's. */
  update(others: readonly Problem[]): SourceUpdate | undefined {
    const { upserts, removals } = this.#table.settle();
    const files = [...this.#problems.keys()].sort();
    const own = files.flatMap((file) => this.#problems.get(file) ?? []);
    const problems = [...others, ...own, ...this.#table.conflicts()];
    if (upserts.length === 0 && removals.length === 0 && equal(problems, this.#reported)) return undefined;
    this.#reported = problems;
    return { upserts, removals, problems };
  }

  #take(path: string, reading: TextReading, look: Look, now: number): Verdict {
    const state = this.#files.get(path) ?? emptyState();
    const { hash, signature, text } = reading;
    const seen = { ...state, signature, readAt: now, doubted: undefined };
    if (hash === state.hash) return this.#unchanged(path, seen, look);
    if (looksHalfWritten(text, path) && !(look === "second" && state.doubted === hash)) {
      this.#files.set(path, { ...state, doubted: hash });
      return "half-written";
    }
    if (text.trim() === "" && state.objects.size > 0) {
      const problem = fileProblem("LB1405", path, `${path} is empty; what it held before keeps serving`);
      this.#keep(path, problem, signature, now);
      return "done";
    }
    const { claims, problems } = this.#parse(path, text);
    for (const claim of claims.values()) this.#table.claim(path, claim);
    const { held, gone } = whatWasLost(state.objects, claims, problems);
    for (const key of held) this.#table.unfade(path, key);
    const confirmed = gone.filter((key) => look === "second" && state.fading.has(key));
    for (const key of confirmed) this.#table.withdraw(path, key);
    const fading = new Set(gone.filter((key) => !confirmed.includes(key)));
    for (const key of fading) this.#table.fade(path, key);
    this.#files.set(path, { ...seen, hash, objects: new Set([...claims.keys(), ...held, ...fading]), fading });
    this.#setProblems(path, problems);
    return fading.size > 0 ? "confirm-removal" : "done";
  }

  #unchanged(path: string, state: FileState, look: Look): Verdict {
    this.#files.set(path, state);
    if (state.fading.size === 0) return "done";
    if (look === "first") return "confirm-removal";
    for (const key of state.fading) this.#table.withdraw(path, key);
    const objects = new Set([...state.objects].filter((key) => !state.fading.has(key)));
    this.#files.set(path, { ...state, objects, fading: new Set() });
    return "done";
  }

  #parse(path: string, text: string): { claims: Map<ObjectKey, Claim>; problems: Problem[] } {
    const parsed = this.#options.parse(text, path);
    const claims = new Map<ObjectKey, Claim>();
    const problems = [...parsed.problems];
    for (const { resource, position } of parsed.objects) {
      const key = keyOf(resource);
      const first = claims.get(key);
      if (first) problems.push(duplicateProblem(key, position, first.position));
      else claims.set(key, { resource, position });
    }
    return { claims, problems };
  }

  #keep(path: string, problem: Problem, signature: string, now: number): void {
    const state = this.#files.get(path) ?? emptyState();
    for (const key of state.fading) this.#table.unfade(path, key);
    this.#files.set(path, { ...state, hash: "", signature, readAt: now, fading: new Set(), doubted: undefined });
    this.#setProblems(path, [problem]);
  }

  #setProblems(path: string, problems: readonly Problem[]): void {
    if (problems.length > 0) this.#problems.set(path, problems);
    else this.#problems.delete(path);
  }
}

/**
 * Of the objects that a reading did not find: held, when the document has a mistake or may be hidden behind one,
 * so that the last good version stays; gone, when the file is sound without them.
 */
function whatWasLost(
  before: ReadonlySet<ObjectKey>,
  found: ReadonlyMap<ObjectKey, Claim>,
  problems: readonly Problem[],
): { held: ObjectKey[]; gone: ObjectKey[] } {
  const lost = [...before].filter((key) => !found.has(key));
  const errors = problems.filter((problem) => problem.severity === "error");
  const isHeld = (key: ObjectKey) => errors.some((error) => error.object === undefined || error.object === key);
  return { held: lost.filter(isHeld), gone: lost.filter((key) => !isHeld(key)) };
}

function emptyState(): FileState {
  return { hash: "", signature: "", readAt: 0, objects: new Set(), fading: new Set(), doubted: undefined };
}
