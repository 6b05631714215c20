import { formatPosition } from "../../model/format-position.ts";
import type { ObjectKey } from "../../model/keys.ts";
import { keyOf } from "../../model/metadata.ts";
import type { Problem } from "../../model/problem.ts";
import { CONFIG_PROBLEMS } from "../problem-codes.ts";
import type { SourcedResource, SourceUpdate } from "../source.ts";

interface Placed {
  /** 0 stands in front of all others. */
  readonly layer: number;
  readonly sourced: SourcedResource;
}

type Changes = Pick<SourceUpdate, "upserts" | "removals">;

/**
 * Objects in layers: of an object that several have, the one of the first layer serves, and the others are kept behind it.
 * Holds what each layer gave, never a copy; each call costs work for the objects that it names, only.
 */
export class LayeredObjects {
  readonly #names: readonly string[];
  readonly #serving = new Map<ObjectKey, Placed>();
  /** In order of precedence; no entry where nothing is hidden. */
  readonly #hidden = new Map<ObjectKey, readonly Placed[]>();
  readonly #problems = new Map<ObjectKey, readonly Problem[]>();
  /** What served before the first change since the last `settle`. */
  readonly #touched = new Map<ObjectKey, SourcedResource | undefined>();
  #allProblems: readonly Problem[] | undefined;

  /** @param names of the layers in order of precedence, as they read in a sentence: "the store" */
  constructor(names: readonly string[]) {
    this.#names = names;
  }

  serving(key: ObjectKey): SourcedResource | undefined {
    return this.#serving.get(key)?.sourced;
  }

  apply(layer: number, { upserts, removals }: Changes): void {
    for (const key of removals) this.#place(key, layer, undefined);
    for (const sourced of upserts) this.#place(keyOf(sourced.resource), layer, { layer, sourced });
  }

  /** What serves otherwise than at the last call. */
  settle(): Changes {
    const upserts: SourcedResource[] = [];
    const removals: ObjectKey[] = [];
    for (const [key, before] of this.#touched) {
      const now = this.serving(key);
      if (now !== undefined && now !== before) upserts.push(now);
      if (now === undefined && before !== undefined) removals.push(key);
      this.#noteHidden(key);
    }
    this.#touched.clear();
    return { upserts, removals };
  }

  /** One for each object that is hidden, as of the last `settle`; the same array as long as they are the same. */
  problems(): readonly Problem[] {
    this.#allProblems ??= [...this.#problems].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, ofObject]) => ofObject);
    return this.#allProblems;
  }

  #place(key: ObjectKey, layer: number, placed: Placed | undefined): void {
    if (!this.#touched.has(key)) this.#touched.set(key, this.serving(key));
    const serving = this.#serving.get(key);
    const all = [...(serving ? [serving] : []), ...(this.#hidden.get(key) ?? [])];
    const others = all.filter((other) => other.layer !== layer);
    const [first, ...rest] = (placed ? [...others, placed] : others).sort((a, b) => a.layer - b.layer);
    if (first) this.#serving.set(key, first);
    else this.#serving.delete(key);
    if (rest.length > 0) this.#hidden.set(key, rest);
    else this.#hidden.delete(key);
  }

  #noteHidden(key: ObjectKey): void {
    const serving = this.#serving.get(key);
    const hidden = this.#hidden.get(key);
    if (!serving || !hidden) {
      if (this.#problems.delete(key)) this.#allProblems = undefined;
      return;
    }
    this.#problems.set(
      key,
      hidden.map((placed) => this.#hiddenProblem(key, serving, placed)),
    );
    this.#allProblems = undefined;
  }

  #hiddenProblem(key: ObjectKey, serving: Placed, hidden: Placed): Problem {
    const position = hidden.sourced.origin.position ?? serving.sourced.origin.position;
    return {
      code: "LB1412",
      severity: "warning",
      message: `the same object is in ${this.#placeOf(serving)}; that one serves, the one in ${this.#placeOf(hidden)} is kept but hidden`,
      hint: CONFIG_PROBLEMS.LB1412.wayOut,
      path: "",
      object: key,
      ...(position ? { position } : {}),
    };
  }

  #placeOf({ layer, sourced }: Placed): string {
    const { position } = sourced.origin;
    return position ? formatPosition(position) : (this.#names[layer] ?? sourced.origin.source);
  }
}
