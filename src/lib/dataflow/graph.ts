import {
  type AnyCollection,
  type AnyQuery,
  type Cell,
  type EntryCell,
  type GroupCell,
  type InputCell,
  type Instance,
  isAlive,
  NO_EMISSIONS,
  nameOf,
  sortedItems,
} from "./cells.ts";
import { type CellSource, InstanceReader } from "./instance-reader.ts";
import type { Collection, Query } from "./query.ts";
import { asBefore, emissionsAsBefore, emissionsOf, Trial } from "./trial.ts";

/** A query that threw: a defect of ours. Its last good result and emissions stay in place. */
export interface Defect {
  readonly instance: string;
  readonly error: unknown;
}

/**
 * Holds inputs, instances and what they depend on. Work per change is in proportion to the instances that it reaches.
 */
export class Graph {
  readonly #inputs = new Map<string, InputCell>();
  readonly #groups = new Map<string, GroupCell>();
  readonly #instances = new Map<AnyQuery, Map<string, Instance>>();
  readonly #entries = new Map<AnyCollection, Map<string, EntryCell>>();
  readonly #dirty: Instance[][] = [];
  readonly #unused = new Set<Instance>();
  readonly #spawnByCollection = new Map<AnyCollection, AnyQuery[]>();
  readonly #spawnByGroup = new Map<string, AnyQuery[]>();
  #sinks = new Map<string, Set<string>>();
  readonly #cells: CellSource = {
    inputCell: (key) => this.#inputCell(key),
    groupCell: (name) => this.#groupCell(name),
    entryCell: (collection, key) => this.#entryCell(collection, key),
    settled: (query, argument) => this.#settled(query, argument),
  };
  #defects: Defect[] = [];
  #recomputed = 0;
  #lowestDirty = Number.POSITIVE_INFINITY;
  #trial: Trial | undefined;

  /** Keeps an instance of `query` alive for each key of the collection that has an item. */
  spawnForCollection<Item, Value>(collection: Collection<Item>, query: Query<Value>): void {
    const queries = this.#spawnByCollection.get(collection) ?? [];
    queries.push(query);
    this.#spawnByCollection.set(collection, queries);
  }

  /** Keeps an instance of `query` alive for each input of the group. */
  spawnForGroup<Value>(group: string, query: Query<Value>): void {
    const queries = this.#spawnByGroup.get(group) ?? [];
    queries.push(query);
    this.#spawnByGroup.set(group, queries);
  }

  /** Remembers which keys of the collection change, for `takeChanges`. */
  watch<Item>(collection: Collection<Item>): void {
    this.#sinks.set(collection.name, new Set());
  }

  /** Sets (or with undefined removes) an input that belongs to `groups`. Takes effect with the next `settle`. */
  setInput(key: string, value: unknown, groups: readonly string[]): void {
    const cell = this.#inputs.get(key);
    const before = cell?.value;
    if (before === value) return;
    this.#trial?.noteInput(key, { value: before, groups });
    if (cell) {
      cell.value = value;
      this.#touch(cell);
    } else {
      this.#inputs.set(key, { kind: "input", key, value, dependents: undefined });
    }
    for (const group of groups) this.#regroup(group, key, before === undefined, value === undefined);
    if (value === undefined && !cell?.dependents) this.#inputs.delete(key);
  }

  input(key: string): unknown {
    return this.#inputs.get(key)?.value;
  }

  group(group: string): readonly string[] {
    return [...(this.#groups.get(group)?.keys ?? [])].sort();
  }

  /** The settled value of an instance that is alive, or undefined. */
  peek<Value>(query: Query<Value>, argument: string): Value | undefined {
    const result = this.#find(query, argument)?.result;
    return result?.kind === "value" ? (result.value as Value) : undefined;
  }

  items<Item>(collection: Collection<Item>, key: string): readonly Item[] {
    const entry = this.#entries.get(collection)?.get(key);
    return entry ? sortedItems<Item>(entry) : [];
  }

  /** The keys of a collection that have items and start with `prefix`, sorted. Looks at everything: for printing only. */
  keys<Item>(collection: Collection<Item>, prefix: string): readonly string[] {
    const found = [...(this.#entries.get(collection)?.values() ?? [])].filter(
      (entry) => entry.items.size > 0 && entry.key.startsWith(prefix),
    );
    return found.map((entry) => entry.key).sort();
  }

  /** The arguments of a query's instances that start with `prefix`, sorted. Looks at everything: for printing only. */
  argumentsOf<Value>(query: Query<Value>, prefix: string): readonly string[] {
    return [...(this.#instances.get(query)?.keys() ?? [])].filter((argument) => argument.startsWith(prefix)).sort();
  }

  /** Recomputes whatever the inputs set since the last time have reached. */
  settle(): { readonly recomputed: number; readonly defects: readonly Defect[] } {
    this.#recomputed = 0;
    this.#defects = [];
    this.#runDirty();
    while (this.#unused.size > 0) {
      const unused = [...this.#unused];
      this.#unused.clear();
      for (const instance of unused) this.#dropIfUnused(instance);
      this.#runDirty();
    }
    return { recomputed: this.#recomputed, defects: this.#defects };
  }

  /**
   * Inputs that `body` sets hold until it returns; it may settle, look and take changes. Then everything is as it was, with
   * nothing to take. Costs work for what `body` reaches, there and back.
   * @returns also how many instances were computed anew on the way back
   */
  tryOut<Result>(body: () => Result): { readonly result: Result; readonly restored: number } {
    this.settle();
    const sinks = this.#sinks;
    this.#sinks = new Map(Array.from(sinks.keys(), (name) => [name, new Set()]));
    const trial = new Trial();
    this.#trial = trial;
    try {
      const result = body();
      return { result, restored: this.#restore(trial) };
    } catch (error) {
      this.#restore(trial);
      throw error;
    } finally {
      this.#trial = undefined;
      this.#sinks = sinks;
    }
  }

  #restore(trial: Trial): number {
    for (const [key, { value, groups }] of trial.end()) this.setInput(key, value, groups);
    return this.settle().recomputed;
  }

  /** The keys under which an instance contributes to a collection. */
  emittedKeys<Value, Item>(query: Query<Value>, argument: string, collection: Collection<Item>): readonly string[] {
    const emissions = this.#find(query, argument)?.emissions ?? NO_EMISSIONS;
    return [...emissions.keys()].flatMap((entry) => (entry.collection === collection ? [entry.key] : []));
  }

  /** The keys of a watched collection that changed since the last call. */
  takeChanges<Item>(collection: Collection<Item>): readonly string[] {
    const changed = this.#sinks.get(collection.name);
    if (!changed || changed.size === 0) return [];
    this.#sinks.set(collection.name, new Set());
    return [...changed];
  }

  #regroup(name: string, key: string, isNew: boolean, isGone: boolean): void {
    if (!isNew && !isGone) return;
    const group = this.#groupCell(name);
    if (isGone) group.keys.delete(key);
    else group.keys.add(key);
    this.#touch(group);
    for (const query of this.#spawnByGroup.get(name) ?? []) this.#root(query, key, isGone ? -1 : 1);
  }

  #root(query: AnyQuery, argument: string, change: 1 | -1): void {
    const instance = this.#find(query, argument) ?? this.#create(query, argument);
    instance.roots += change;
    if (instance.result === undefined) this.#markDirty(instance);
    if (instance.roots === 0) this.#unused.add(instance);
  }

  #find(query: AnyQuery, argument: string): Instance | undefined {
    return this.#instances.get(query)?.get(argument);
  }

  #create(query: AnyQuery, argument: string): Instance {
    const instance: Instance = {
      kind: "instance",
      query,
      argument,
      result: undefined,
      dependents: undefined,
      dependencies: [],
      emissions: NO_EMISSIONS,
      roots: 0,
      dirty: false,
    };
    let ofQuery = this.#instances.get(query);
    if (!ofQuery) {
      ofQuery = new Map();
      this.#instances.set(query, ofQuery);
    }
    ofQuery.set(argument, instance);
    return instance;
  }

  #touch(cell: Cell): void {
    const { dependents } = cell;
    if (dependents instanceof Set) for (const dependent of dependents) this.#markDirty(dependent);
    else if (dependents) this.#markDirty(dependents);
  }

  #markDirty(instance: Instance): void {
    if (instance.dirty) return;
    instance.dirty = true;
    let queue = this.#dirty[instance.query.rank];
    if (!queue) {
      queue = [];
      this.#dirty[instance.query.rank] = queue;
    }
    queue.push(instance);
    this.#lowestDirty = Math.min(this.#lowestDirty, instance.query.rank);
  }

  #runDirty(): void {
    while (this.#lowestDirty < this.#dirty.length) {
      const rank = this.#lowestDirty;
      const instance = this.#dirty[rank]?.pop();
      if (!instance) this.#lowestDirty = rank + 1;
      else if (instance.dirty) this.#refresh(instance);
    }
    this.#lowestDirty = Number.POSITIVE_INFINITY;
  }

  /** An instance that nobody needs loses its outdated result instead: it is computed anew if somebody asks again. */
  #refresh(instance: Instance): void {
    if (isAlive(instance)) {
      this.#recompute(instance);
    } else {
      this.#trial?.noteInstance(instance);
      instance.dirty = false;
      instance.result = undefined;
      this.#unused.add(instance);
    }
  }

  #recompute(instance: Instance): void {
    this.#recomputed++;
    this.#trial?.noteInstance(instance);
    const kept = this.#trial?.before(instance);
    instance.dirty = false;
    const reader = new InstanceReader(this.#cells, instance);
    let next: unknown;
    try {
      next = instance.query.compute(reader, instance.argument);
    } catch (error) {
      this.#defects.push({ instance: nameOf(instance), error });
      this.#replaceDependencies(instance, reader.dependencies);
      if (kept?.result) this.#replaceEmissions(instance, emissionsOf(kept, this.#cells.entryCell));
      if (kept?.result) this.#replaceResult(instance, kept.result);
      else instance.result ??= { kind: "defect", error };
      return;
    }
    this.#replaceDependencies(instance, reader.dependencies);
    this.#replaceEmissions(instance, kept ? emissionsAsBefore(kept, reader.emissions) : reader.emissions);
    this.#replaceResult(instance, { kind: "value", value: kept ? asBefore(kept, instance, next) : next });
  }

  #replaceResult(instance: Instance, next: NonNullable<Instance["result"]>): void {
    const before = instance.result;
    if (before?.kind === "value" && next.kind === "value" && instance.query.equal(before.value, next.value)) return;
    instance.result = next;
    this.#touch(instance);
  }

  #replaceDependencies(instance: Instance, next: Set<Cell>): void {
    for (const cell of next) {
      const { dependents } = cell;
      if (dependents === undefined) cell.dependents = instance;
      else if (dependents instanceof Set) dependents.add(instance);
      else if (dependents !== instance) cell.dependents = new Set([dependents, instance]);
    }
    for (const cell of instance.dependencies) if (!next.has(cell)) this.#release(cell, instance);
    instance.dependencies = [...next];
  }

  #release(cell: Cell, instance: Instance): void {
    const { dependents } = cell;
    if (dependents instanceof Set) {
      dependents.delete(instance);
      if (dependents.size > 0) return;
    } else if (dependents !== instance) {
      return;
    }
    cell.dependents = undefined;
    if (cell.kind === "instance") this.#unused.add(cell);
    else if (cell.kind === "input" && cell.value === undefined) this.#inputs.delete(cell.key);
    else if (cell.kind === "entry") this.#forgetEntryIfEmpty(cell);
    else if (cell.kind === "size") {
      cell.entry.size = undefined;
      this.#forgetEntryIfEmpty(cell.entry);
    }
  }

  #forgetEntryIfEmpty(entry: EntryCell): void {
    if (entry.items.size > 0 || entry.dependents || entry.size) return;
    this.#entries.get(entry.collection)?.delete(entry.key);
  }

  #replaceEmissions(instance: Instance, next: Map<EntryCell, unknown>): void {
    for (const [entry, item] of next) {
      const had = instance.emissions.has(entry);
      if (had && entry.collection.equal(instance.emissions.get(entry), item)) {
        next.set(entry, instance.emissions.get(entry));
        continue;
      }
      entry.items.set(instance, item);
      this.#entryChanged(entry, had ? 0 : 1);
    }
    for (const entry of instance.emissions.keys()) if (!next.has(entry)) this.#retract(instance, entry);
    instance.emissions = next.size > 0 ? next : NO_EMISSIONS;
  }

  #retract(instance: Instance, entry: EntryCell): void {
    entry.items.delete(instance);
    this.#entryChanged(entry, -1);
    this.#forgetEntryIfEmpty(entry);
  }

  #entryChanged(entry: EntryCell, change: -1 | 0 | 1): void {
    this.#touch(entry);
    this.#sinks.get(entry.collection.name)?.add(entry.key);
    if (change === 0) return;
    if (entry.size) this.#touch(entry.size);
    const isFirst = change === 1 && entry.items.size === 1;
    const wasLast = change === -1 && entry.items.size === 0;
    if (!isFirst && !wasLast) return;
    for (const query of this.#spawnByCollection.get(entry.collection) ?? [])
      this.#root(query, entry.key, isFirst ? 1 : -1);
  }

  #dropIfUnused(instance: Instance): void {
    if (isAlive(instance)) return;
    if (this.#find(instance.query, instance.argument) !== instance) return;
    this.#trial?.noteInstance(instance);
    this.#instances.get(instance.query)?.delete(instance.argument);
    for (const entry of instance.emissions.keys()) this.#retract(instance, entry);
    for (const cell of instance.dependencies) this.#release(cell, instance);
    instance.dependencies = [];
  }

  #inputCell(key: string): InputCell {
    let cell = this.#inputs.get(key);
    if (!cell) {
      cell = { kind: "input", key, value: undefined, dependents: undefined };
      this.#inputs.set(key, cell);
    }
    return cell;
  }

  #groupCell(name: string): GroupCell {
    let cell = this.#groups.get(name);
    if (!cell) {
      cell = { kind: "group", keys: new Set(), dependents: undefined };
      this.#groups.set(name, cell);
    }
    return cell;
  }

  #entryCell(collection: AnyCollection, key: string): EntryCell {
    let ofCollection = this.#entries.get(collection);
    if (!ofCollection) {
      ofCollection = new Map();
      this.#entries.set(collection, ofCollection);
    }
    let cell = ofCollection.get(key);
    if (!cell) {
      cell = { kind: "entry", collection, key, items: new Map(), dependents: undefined, size: undefined };
      ofCollection.set(key, cell);
    }
    return cell;
  }

  #settled(query: AnyQuery, argument: string): Instance {
    const instance = this.#find(query, argument) ?? this.#create(query, argument);
    if (instance.result === undefined) this.#recompute(instance);
    return instance;
  }
}
