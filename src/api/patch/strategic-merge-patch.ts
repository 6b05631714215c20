/**
 * Strategic Merge Patch: a merge patch that merges lists too, and has directives. The rules are those of
 * k8s.io/apimachinery (pkg/util/strategicpatch), which kubectl writes its patches for.
 */
import { copyOf, isRecord, type JsonRecord, setField } from "./json-value.ts";
import { followsOrder, orderedEntries } from "./list-order.ts";
import type { StrategyOf } from "./list-strategy.ts";
import { type PatchParts, patchParts, plainRecord, plainValue } from "./patch-directives.ts";
import { attempt, type Patched, refuse } from "./patch-refusal.ts";

type Path = readonly string[];

/** The value shares what didn't change with the target. */
export function applyStrategicMergePatch(target: unknown, patch: unknown, strategyOf: StrategyOf): Patched {
  return attempt(() => {
    if (!isRecord(patch)) return refuse("BadRequest", "a strategic merge patch is a JSON object");
    return new StrategicMerge(strategyOf).record(isRecord(target) ? target : {}, patch, []);
  });
}

class StrategicMerge {
  readonly #strategyOf: StrategyOf;

  constructor(strategyOf: StrategyOf) {
    this.#strategyOf = strategyOf;
  }

  record(target: JsonRecord, patch: JsonRecord, path: Path): JsonRecord {
    const parts = patchParts(patch);
    if (parts.directive === "replace") return plainRecord(patch);
    if (parts.directive === "delete") return {};
    const merged = copyOf(target);
    const { retained } = parts;
    if (retained) for (const name of Object.keys(merged)) if (!retained.has(name)) delete merged[name];
    for (const [name, change] of parts.fields) this.#field(merged, name, change, path, parts);
    for (const [name, order] of parts.orders) if (!parts.fields.has(name)) this.#reorder(merged, name, order, path);
    for (const [name, values] of parts.deletions) deleteValues(merged, name, values);
    return merged;
  }

  #field(merged: JsonRecord, name: string, change: unknown, path: Path, { orders }: PatchParts): void {
    if (change === null) {
      delete merged[name];
      return;
    }
    const value = this.#value(
      Object.hasOwn(merged, name) ? merged[name] : undefined,
      change,
      [...path, name],
      orders.get(name),
    );
    if (value === undefined) delete merged[name];
    else setField(merged, name, value);
  }

  #value(before: unknown, change: unknown, path: Path, order: readonly unknown[] | undefined): unknown {
    if (isRecord(before) && isRecord(change)) return this.record(before, change, path);
    if (!Array.isArray(before) || !Array.isArray(change)) return plainValue(change);
    const strategy = this.#strategyOf(path);
    if (strategy === "atomic") return plainValue(change);
    if (strategy === "set") return mergeSets(before, change, path, order);
    return this.#keyedList(before, change, strategy.mergeKey, path, order);
  }

  #keyedList(
    before: readonly unknown[],
    change: readonly unknown[],
    key: string,
    path: Path,
    order?: readonly unknown[],
  ) {
    const idOf = (entry: unknown) => idUnder(entry, key, path);
    let isReplaced = false;
    const deleted = new Set<unknown>();
    const changes: JsonRecord[] = [];
    for (const entry of change) {
      if (!isRecord(entry)) return refuseEntry(path);
      const { directive } = patchParts(entry);
      if (directive === "replace") isReplaced = true;
      else if (directive === "delete") deleted.add(idOf(entry));
      else changes.push(entry);
    }
    if (isReplaced) return changes.map(plainRecord);
    const byId = new Map<unknown, unknown>();
    for (const entry of before) {
      const id = idOf(entry);
      // Entries with the same id can be there, where several fields together tell them apart: those stay as they are.
      if (!deleted.has(id)) byId.set(byId.has(id) ? Symbol() : id, entry);
    }
    for (const entry of changes) {
      const id = idOf(entry);
      const known = byId.get(id);
      byId.set(id, isRecord(known) ? this.record(known, entry, path) : plainRecord(entry));
    }
    const ids = changes.map(idOf);
    const orderIds = order?.map(idOf);
    if (orderIds && !followsOrder(ids, orderIds)) return refuseOrder(path);
    return orderedEntries([...byId.values()], orderIds ?? ids, before.map(idOf), idOf);
  }

  /** Only the order of a list changes. */
  #reorder(merged: JsonRecord, name: string, order: readonly unknown[], path: Path): void {
    const before = Object.hasOwn(merged, name) ? merged[name] : undefined;
    if (!Array.isArray(before)) return;
    const strategy = this.#strategyOf([...path, name]);
    if (strategy === "atomic") return;
    const idOf = strategy === "set" ? itself : (entry: unknown) => idUnder(entry, strategy.mergeKey, [...path, name]);
    setField(merged, name, orderedEntries(before, order.map(idOf), before.map(idOf), idOf));
  }
}

function mergeSets(
  before: readonly unknown[],
  change: readonly unknown[],
  path: Path,
  order?: readonly unknown[],
): unknown[] {
  if (order && !followsOrder(change, order)) return refuseOrder(path);
  return orderedEntries([...new Set([...before, ...change])], order ?? change, before, itself);
}

function deleteValues(merged: JsonRecord, name: string, values: readonly unknown[]): void {
  const list = Object.hasOwn(merged, name) ? merged[name] : undefined;
  if (!Array.isArray(list)) return;
  const deleted = new Set(values);
  setField(
    merged,
    name,
    list.filter((value) => !deleted.has(value)),
  );
}

function itself(entry: unknown): unknown {
  return entry;
}

function idUnder(entry: unknown, key: string, path: Path): unknown {
  if (!isRecord(entry)) return refuseEntry(path);
  const id = Object.hasOwn(entry, key) ? entry[key] : undefined;
  if (id === undefined || typeof id === "object") {
    return refuse("BadRequest", `an entry of ${path.join(".")} has no ${key}, which tells its entries apart`);
  }
  return id;
}

function refuseEntry(path: Path): never {
  return refuse("BadRequest", `an entry of ${path.join(".")} isn't an object`);
}

function refuseOrder(path: Path): never {
  return refuse("BadRequest", `the patch is malformed: ${path.join(".")} isn't in the order of its $setElementOrder`);
}
