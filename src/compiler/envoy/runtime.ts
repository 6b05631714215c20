import { fromBinary, type JsonObject } from "@bufbuild/protobuf";
import { RuntimeSchema } from "../../gen/envoy/service/runtime/v3/rtds_pb.js";
import type { ObjectKey } from "../../model/keys.ts";
import type { Split } from "../routing/routing.ts";
import { marshal } from "./marshal.ts";
import type { EnvoyResource } from "./resource.ts";

/**
 * The weights of the splits in one RTDS layer, as plain numbers: the form that weighted clusters read. Every leg of
 * a split has its key, because a missing one would mix its static weight with the others' moving ones.
 */
export function translateRuntime(layer: string, splits: readonly Split[]): EnvoyResource {
  const weights = splits.flatMap(({ prefix, weights }) =>
    weights.map(({ leg, weight }): [string, number] => [`${prefix}.${leg}`, weight]),
  );
  const owners = splits.map((split) => split.source);
  return marshalLayer(layer, Object.fromEntries(weights), owners);
}

/**
 * A layer with the keys too that only an older version of it has: what still routes by those would fall back to its
 * static weights, which name no side that the split means.
 * @returns `layer` itself when it has them all
 */
export function keepingKeysOf(older: EnvoyResource, layer: EnvoyResource): EnvoyResource {
  const now = keysOf(layer);
  if ([...keysOf(older)].every((key) => now.has(key))) return layer;
  return marshalLayer(layer.name, { ...weightsOf(older), ...weightsOf(layer) }, layer.owners);
}

/** So that comparing two layers doesn't decode them: with many splits that costs as much as marshalling one. */
const knownKeys = new WeakMap<EnvoyResource, ReadonlySet<string>>();

function keysOf(layer: EnvoyResource): ReadonlySet<string> {
  return knownKeys.get(layer) ?? new Set(Object.keys(weightsOf(layer)));
}

function weightsOf({ bytes }: EnvoyResource): JsonObject {
  return fromBinary(RuntimeSchema, bytes).layer ?? {};
}

function marshalLayer(name: string, weights: JsonObject, owners: readonly ObjectKey[]): EnvoyResource {
  const keys = Object.keys(weights).sort();
  const layer = Object.fromEntries(keys.map((key) => [key, weights[key] ?? 0]));
  const made = marshal("Runtime", name, RuntimeSchema, { name, layer }, { references: [], owners });
  knownKeys.set(made, new Set(keys));
  return made;
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
