import { RuntimeSchema } from "../../gen/envoy/service/runtime/v3/rtds_pb.js";
import type { Split } from "../routing/routing.ts";
import { marshal } from "./marshal.ts";
import type { EnvoyResource } from "./resource.ts";

/**
 * The weights of the splits in one RTDS layer, as plain numbers: the form that weighted clusters read. Every leg of
 * a split has its key, because a missing one would mix its static weight with the others' moving ones.
 */
export function translateRuntime(layer: string, splits: readonly Split[]): EnvoyResource {
  const keys = splits.flatMap(({ prefix, weights }) =>
    weights.map(({ leg, weight }): [string, number] => [`${prefix}.${leg}`, weight]),
  );
  keys.sort(([a], [b]) => (a < b ? -1 : 1));
  return marshal(
    "Runtime",
    layer,
    RuntimeSchema,
    { name: layer, layer: Object.fromEntries(keys) },
    { references: [], owners: splits.map((split) => split.source) },
  );
}

/** The layer that holds a split's keys: always the same, so that a split never lives in two. */
export function runtimeLayerOf(prefix: string, layers: readonly string[]): string {
  const layer = layers[fnv1a(prefix) % layers.length];
  if (layer === undefined) throw new Error("a proxy needs at least one runtime layer");
  return layer;
}

/** FNV-1a, 32 bits: stable over restarts and versions. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
