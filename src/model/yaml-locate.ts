/** From a path in an object to the place in the text. */
import { isMap, isNode, isScalar, isSeq, type Node } from "yaml";
import type { FieldPath } from "./mistake.ts";
import { keyText } from "./yaml-value.ts";

interface Place {
  /** Of a map's entry; items of lists have none. */
  readonly key?: unknown;
  readonly value: unknown;
}

/**
 * Where a path leads: to its value, or to the key when the value begins on a later line or `wantKey` is set.
 * A path that isn't in the text leads to the nearest thing around it that is.
 */
export function offsetOf(root: Node, path: FieldPath, wantKey = false): number {
  let place: Place = { value: root };
  for (const part of path) {
    const inner = descend(place.value, part);
    if (!inner) return startOf(place.key) ?? startOf(place.value) ?? 0;
    place = inner;
  }
  const { key, value } = place;
  const onKey = wantKey || !hasOwnLine(value);
  return (onKey ? (startOf(key) ?? startOf(value)) : (startOf(value) ?? startOf(key))) ?? 0;
}

function descend(node: unknown, part: string | number): Place | undefined {
  if (isSeq(node))
    return typeof part === "number" && part < node.items.length ? { value: node.items[part] } : undefined;
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => keyText(key) === String(part));
  return pair && { key: pair.key, value: pair.value };
}

/** Whether a value stands beside its key; blocks begin below it, and null is nowhere. */
function hasOwnLine(node: unknown): boolean {
  if (isMap(node) || isSeq(node)) return node.flow === true;
  return !(isScalar(node) && node.value === null);
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
