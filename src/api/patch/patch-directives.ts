/** The fields of a strategic merge patch that are instructions, not content. */
import { isRecord, type JsonRecord, setField } from "./json-value.ts";
import { refuse } from "./patch-refusal.ts";

const PATCH = "$patch";
const RETAIN_KEYS = "$retainKeys";
const DELETE_FROM_LIST = "$deleteFromPrimitiveList/";
const LIST_ORDER = "$setElementOrder/";

export interface PatchParts {
  readonly directive: "merge" | "replace" | "delete";
  /** Fields that may stay; absent: all. */
  readonly retained?: ReadonlySet<unknown>;
  /** By the name of the list's field: values to take out. */
  readonly deletions: ReadonlyMap<string, readonly unknown[]>;
  /** By the name of the list's field: the order of its entries. One that is empty says nothing. */
  readonly orders: ReadonlyMap<string, readonly unknown[]>;
  /** Everything else. */
  readonly fields: ReadonlyMap<string, unknown>;
}

export function patchParts(patch: JsonRecord): PatchParts {
  const deletions = new Map<string, readonly unknown[]>();
  const orders = new Map<string, readonly unknown[]>();
  const fields = new Map<string, unknown>();
  let directive: PatchParts["directive"] = "merge";
  let retained: ReadonlySet<unknown> | undefined;
  for (const [name, value] of Object.entries(patch)) {
    if (name === PATCH) directive = directiveOf(value);
    else if (name === RETAIN_KEYS) retained = new Set(listOf(name, value));
    else if (name.startsWith(DELETE_FROM_LIST)) deletions.set(name.slice(DELETE_FROM_LIST.length), listOf(name, value));
    else if (name.startsWith(LIST_ORDER)) orders.set(name.slice(LIST_ORDER.length), listOf(name, value));
    else fields.set(name, value);
  }
  for (const [name, order] of orders) if (order.length === 0) orders.delete(name);
  if (retained) checkRetained(fields, retained);
  return { directive, deletions, orders, fields, ...(retained && { retained }) };
}

/**
 * A patch as a value of its own, where there is nothing to merge it with: without nulls, which delete, without
 * directives, and without what carries a $patch. undefined when nothing is left of it.
 */
export function plainValue(patch: unknown): unknown {
  if (Array.isArray(patch)) return patch.map(plainValue).filter((item) => item !== undefined);
  if (!isRecord(patch)) return patch;
  return Object.hasOwn(patch, PATCH) ? undefined : plainRecord(patch);
}

export function plainRecord(patch: JsonRecord): JsonRecord {
  const plain: JsonRecord = {};
  for (const [name, change] of Object.entries(patch)) {
    const value = change === null || isDirective(name) ? undefined : plainValue(change);
    if (value !== undefined) setField(plain, name, value);
  }
  return plain;
}

function isDirective(name: string): boolean {
  return name === PATCH || name === RETAIN_KEYS || name.startsWith(DELETE_FROM_LIST) || name.startsWith(LIST_ORDER);
}

function directiveOf(value: unknown): PatchParts["directive"] {
  if (value === "merge" || value === "replace" || value === "delete") return value;
  return refuse("BadRequest", `the patch is malformed: ${PATCH} has to be merge, replace or delete`);
}

function listOf(name: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return refuse("BadRequest", `the patch is malformed: ${JSON.stringify(name.slice(0, 80))} has to be a list`);
}

/** What is set has to be retained. */
function checkRetained(fields: ReadonlyMap<string, unknown>, retained: ReadonlySet<unknown>): void {
  for (const [name, value] of fields) {
    if (value === null || retained.has(name)) continue;
    refuse("BadRequest", `the patch is malformed: ${JSON.stringify(name.slice(0, 80))} is missing in ${RETAIN_KEYS}`);
  }
}
