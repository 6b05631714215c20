/** What a graph is made of: cells that can be read, and the instances that read them. */
import type { Collection, Query } from "./query.ts";

/** Who reads a cell. Most have one reader, and there are tens of thousands of cells: a Set only for more. */
export type Dependents = Instance | Set<Instance> | undefined;

/** Something that instances depend on. */
export type Cell = InputCell | GroupCell | EntryCell | SizeCell | Instance;

export interface InputCell {
  readonly kind: "input";
  readonly key: string;
  value: unknown;
  dependents: Dependents;
}

export interface GroupCell {
  readonly kind: "group";
  readonly keys: Set<string>;
  dependents: Dependents;
}

/** One key of a collection. */
export interface EntryCell {
  readonly kind: "entry";
  readonly collection: AnyCollection;
  readonly key: string;
  readonly items: Map<Instance, unknown>;
  /** Made when somebody counts. */
  size: SizeCell | undefined;
  dependents: Dependents;
}

/** A cell of its own, so that who only counts isn't disturbed by changed items. */
export interface SizeCell {
  readonly kind: "size";
  readonly entry: EntryCell;
  dependents: Dependents;
}

export interface Instance {
  readonly kind: "instance";
  dependents: Dependents;
  readonly query: AnyQuery;
  readonly argument: string;
  result:
    | { readonly kind: "value"; readonly value: unknown }
    | { readonly kind: "defect"; readonly error: unknown }
    | undefined;
  dependencies: readonly Cell[];
  emissions: ReadonlyMap<EntryCell, unknown>;
  /** How many spawn rules and callers keep it alive without reading it. */
  roots: number;
  dirty: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: the graph holds queries and collections of all value types side by side.
export type AnyQuery = Query<any>;
// biome-ignore lint/suspicious/noExplicitAny: as above.
export type AnyCollection = Collection<any>;

export const NO_EMISSIONS: ReadonlyMap<EntryCell, unknown> = new Map();

export function isAlive(instance: Instance): boolean {
  return instance.roots > 0 || instance.dependents !== undefined;
}

export function nameOf(instance: Instance): string {
  return `${instance.query.name} ${instance.argument}`;
}

export function sortedItems<Item>(entry: EntryCell): readonly Item[] {
  if (entry.items.size === 1) return [...entry.items.values()] as Item[];
  return [...entry.items].sort(([a], [b]) => compareInstances(a, b)).map(([, item]) => item as Item);
}

function compareInstances(a: Instance, b: Instance): number {
  const left = a.query === b.query ? a.argument : a.query.name;
  const right = a.query === b.query ? b.argument : b.query.name;
  return left < right ? -1 : 1;
}
