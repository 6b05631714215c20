import {
  type AnyCollection,
  type AnyQuery,
  type Cell,
  type EntryCell,
  type GroupCell,
  type InputCell,
  type Instance,
  nameOf,
  sortedItems,
} from "./cells.ts";
import type { Collection, Query, Reader } from "./query.ts";

/** What a reader needs of the graph: cells by their names, made where they are missing. */
export interface CellSource {
  inputCell(key: string): InputCell;
  groupCell(name: string): GroupCell;
  entryCell(collection: AnyCollection, key: string): EntryCell;
  /** The instance with a settled result, computed now if it is new. */
  settled(query: AnyQuery, argument: string): Instance;
}

/** Records what one computation reads and emits; nothing takes effect before it has ended. */
export class InstanceReader implements Reader {
  readonly dependencies = new Set<Cell>();
  readonly emissions = new Map<EntryCell, unknown>();
  readonly #cells: CellSource;
  readonly #instance: Instance;

  constructor(cells: CellSource, instance: Instance) {
    this.#cells = cells;
    this.#instance = instance;
  }

  input(key: string): unknown {
    const cell = this.#cells.inputCell(key);
    this.dependencies.add(cell);
    return cell.value;
  }

  group(group: string): readonly string[] {
    const cell = this.#cells.groupCell(group);
    this.dependencies.add(cell);
    return [...cell.keys].sort();
  }

  get<Value>(query: Query<Value>, argument: string): Value {
    this.#demandLower(query);
    const instance = this.#cells.settled(query, argument);
    this.dependencies.add(instance);
    if (instance.result?.kind === "value") return instance.result.value as Value;
    throw new Error(`${nameOf(this.#instance)} needs ${nameOf(instance)}, which failed`, {
      cause: instance.result?.error,
    });
  }

  gather<Item>(collection: Collection<Item>, key: string): readonly Item[] {
    this.#demandLower(collection);
    const entry = this.#cells.entryCell(collection, key);
    this.dependencies.add(entry);
    return sortedItems<Item>(entry);
  }

  count<Item>(collection: Collection<Item>, key: string): number {
    this.#demandLower(collection);
    const entry = this.#cells.entryCell(collection, key);
    entry.size ??= { kind: "size", entry, dependents: undefined };
    this.dependencies.add(entry.size);
    return entry.items.size;
  }

  emit<Item>(collection: Collection<Item>, key: string, item: Item): void {
    if (collection.rank < this.#instance.query.rank)
      throw new Error(`${nameOf(this.#instance)} may not emit into ${collection.name}`);
    // An instance that lived only by being read could be kept alive by who found it through what it emitted.
    if (this.#instance.roots === 0)
      throw new Error(`${nameOf(this.#instance)} emits, so it must be spawned, not only read`);
    const entry = this.#cells.entryCell(collection, key);
    if (this.emissions.has(entry))
      throw new Error(`${nameOf(this.#instance)} emits twice into ${collection.name} ${key}`);
    this.emissions.set(entry, item);
  }

  #demandLower(read: { readonly name: string; readonly rank: number }): void {
    if (read.rank >= this.#instance.query.rank)
      throw new Error(`${nameOf(this.#instance)} may not read ${read.name}: its rank is not lower`);
  }
}
