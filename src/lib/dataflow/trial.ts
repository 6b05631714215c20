import type { AnyCollection, AnyQuery, EntryCell, Instance } from "./cells.ts";

/** What an instance was before a trial touched it. */
interface Kept {
  readonly result: Instance["result"];
  /** By collection and key: the entries themselves may be made anew meanwhile. */
  readonly emissions: ReadonlyMap<AnyCollection, ReadonlyMap<string, unknown>>;
}

/** The value of an input before a trial, and the groups that it belongs to. */
export interface KeptInput {
  readonly value: unknown;
  readonly groups: readonly string[];
}

/**
 * Remembers what was there before inputs are tried out, to have it back afterwards: the very same values, and also the
 * last good results of queries that threw, which can't be computed again.
 */
export class Trial {
  readonly #inputs = new Map<string, KeptInput>();
  readonly #kept = new Map<AnyQuery, Map<string, Kept>>();
  #isEnding = false;

  /** From here on nothing more is remembered. @returns the inputs to set back */
  end(): ReadonlyMap<string, KeptInput> {
    this.#isEnding = true;
    return this.#inputs;
  }

  noteInput(key: string, input: KeptInput): void {
    if (!this.#isEnding && !this.#inputs.has(key)) this.#inputs.set(key, input);
  }

  noteInstance({ query, argument, result, emissions }: Instance): void {
    if (this.#isEnding) return;
    const ofQuery = this.#kept.get(query) ?? new Map<string, Kept>();
    this.#kept.set(query, ofQuery);
    if (!ofQuery.has(argument)) ofQuery.set(argument, { result, emissions: byName(emissions) });
  }

  /** What the instance had before; undefined while the trial lasts, and if the trial never touched it. */
  before({ query, argument }: Instance): Kept | undefined {
    return this.#isEnding ? this.#kept.get(query)?.get(argument) : undefined;
  }
}

function byName(emissions: Instance["emissions"]): Kept["emissions"] {
  const named = new Map<AnyCollection, Map<string, unknown>>();
  for (const [{ collection, key }, item] of emissions) {
    const ofCollection = named.get(collection) ?? new Map<string, unknown>();
    named.set(collection, ofCollection.set(key, item));
  }
  return named;
}

/** `next`, but the very value from before where it is equal: who holds that one holds no second copy. */
export function asBefore(kept: Kept, { query }: Instance, next: unknown): unknown {
  const { result } = kept;
  return result?.kind === "value" && query.equal(result.value, next) ? result.value : next;
}

/** The same for what is emitted. */
export function emissionsAsBefore(kept: Kept, next: ReadonlyMap<EntryCell, unknown>): Map<EntryCell, unknown> {
  return new Map(
    Array.from(next, ([entry, item]) => {
      const ofCollection = kept.emissions.get(entry.collection);
      const before = ofCollection?.get(entry.key);
      return [entry, ofCollection?.has(entry.key) && entry.collection.equal(before, item) ? before : item];
    }),
  );
}

/** All that was emitted, into the entries as they are now. */
export function emissionsOf(
  kept: Kept,
  entryOf: (collection: AnyCollection, key: string) => EntryCell,
): Map<EntryCell, unknown> {
  return new Map(
    [...kept.emissions].flatMap(([collection, items]) =>
      Array.from(items, ([key, item]) => [entryOf(collection, key), item] as const),
    ),
  );
}
