/**
 * An incremental computation: pure queries over inputs, recomputed only where something they read has changed.
 *
 * A query has a rank and reads only queries and collections of lower rank, so that one pass in the order of the ranks
 * settles every change, each query instance at most once per pass. A result that comes out equal stops the change there.
 */
import { equal } from "../equal.ts";

/** A pure function of what it reads through `read`; one instance for each argument. */
export interface Query<Value> {
  readonly name: string;
  readonly rank: number;
  compute(read: Reader, argument: string): Value;
  equal(a: Value, b: Value): boolean;
}

/** Items that query instances contribute under a key, for queries of a higher rank to gather. */
export interface Collection<Item> {
  readonly name: string;
  /** The highest rank that may emit into it. */
  readonly rank: number;
  equal(a: Item, b: Item): boolean;
}

/** What a query may look at and contribute to. Every read is remembered as a dependency. */
export interface Reader {
  /** One input, or undefined; a missing one is a dependency too. */
  input(key: string): unknown;
  /** The keys of all inputs in one group (see InputKey), sorted. */
  group(group: string): readonly string[];
  get<Value>(query: Query<Value>, argument: string): Value;
  /** All items under a key, in the order of their emitters' names. */
  gather<Item>(collection: Collection<Item>, key: string): readonly Item[];
  /** How many there are, without depending on what they are. */
  count<Item>(collection: Collection<Item>, key: string): number;
  /** One item per key and instance: a second one under the same key is a defect. */
  emit<Item>(collection: Collection<Item>, key: string, item: Item): void;
}

export function query<Value>(
  name: string,
  rank: number,
  compute: (read: Reader, argument: string) => Value,
  isEqual: (a: Value, b: Value) => boolean = equal,
): Query<Value> {
  return { name, rank, compute, equal: isEqual };
}

export function collection<Item>(
  name: string,
  rank: number,
  isEqual: (a: Item, b: Item) => boolean = equal,
): Collection<Item> {
  return { name, rank, equal: isEqual };
}
