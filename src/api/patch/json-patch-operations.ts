/** The operations of a JSON Patch (RFC 6902), read from what a client sent. */

import { parsePointer } from "./json-pointer.ts";
import { isRecord, ownField } from "./json-value.ts";
import { refuse } from "./patch-refusal.ts";

export type Operation =
  | { readonly op: "add" | "replace" | "test"; readonly path: readonly string[]; readonly value: unknown }
  | { readonly op: "remove"; readonly path: readonly string[] }
  | { readonly op: "move" | "copy"; readonly path: readonly string[]; readonly from: readonly string[] };

/** As many as Kubernetes takes. */
const MAX_OPERATIONS = 10_000;

/** Deeper than any object, so that a patch can't build one that nobody can read again. */
const MAX_POINTER_LENGTH = 200;

/** All are read before the first is done. Ends the `attempt` around it when one is malformed. */
export function readOperations(patch: unknown): readonly Operation[] {
  if (!Array.isArray(patch)) return refuse("BadRequest", "a JSON Patch is a list of operations");
  if (patch.length > MAX_OPERATIONS) {
    const count = `${MAX_OPERATIONS} operations, and this has ${patch.length}`;
    return refuse("RequestEntityTooLarge", `a JSON Patch has at most ${count}`);
  }
  return patch.map(readOperation);
}

/** Whether what it does depends on values that it doesn't bring along. Any JSON value. */
export function readsTarget(patch: unknown): boolean {
  const blind = new Set<unknown>(["add", "remove", "replace"]);
  return Array.isArray(patch) && patch.some((entry) => isRecord(entry) && !blind.has(ownField(entry, "op")));
}

function readOperation(entry: unknown, index: number): Operation {
  const place = `operation ${index} of the JSON Patch`;
  if (!isRecord(entry)) return refuse("BadRequest", `${place} isn't an object`);
  const path = pointerOf(entry, "path", place);
  const op = ownField(entry, "op");
  switch (op) {
    case "add":
    case "replace":
    case "test":
      if (!Object.hasOwn(entry, "value")) return refuse("BadRequest", `${place} (${op}) has no value`);
      return { op, path, value: entry.value };
    case "remove":
      return { op, path };
    case "move":
    case "copy":
      return { op, path, from: pointerOf(entry, "from", place) };
    default:
      return refuse("BadRequest", `the op of ${place} has to be one of add, remove, replace, move, copy, test`);
  }
}

function pointerOf(entry: Record<string, unknown>, field: "path" | "from", place: string): readonly string[] {
  const text = ownField(entry, field);
  if (typeof text !== "string") return refuse("BadRequest", `${place} has no ${field}`);
  const pointer = parsePointer(text);
  if (!pointer) {
    const rule = "it starts with / and has ~ only in ~0 and ~1";
    return refuse("BadRequest", `the ${field} of ${place} isn't a JSON Pointer: ${rule}`);
  }
  if (pointer.length > MAX_POINTER_LENGTH) {
    return refuse("BadRequest", `the ${field} of ${place} has more than ${MAX_POINTER_LENGTH} parts`);
  }
  if (pointer.includes("__proto__")) return refuse("BadRequest", `the ${field} of ${place} names __proto__`);
  return pointer;
}
