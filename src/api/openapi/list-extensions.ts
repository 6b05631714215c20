import type { JsonSchema } from "../../model/json-schema.ts";
import { type PatchStrategy, patchStrategyOf } from "../../model/patch-merge-keys.ts";

/** The schema with what strategic merge patches do with each of its lists: kubectl makes its patches by that. */
export function withListExtensions(kind: string, schema: JsonSchema, path: readonly string[] = []): JsonSchema {
  const { properties, items } = schema;
  return {
    ...schema,
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, field]) => [name, withListExtensions(kind, field, [...path, name])]),
      ),
    }),
    ...(items && { items: withListExtensions(kind, items, path) }),
    ...(schema.type === "array" && extensionsOf(patchStrategyOf(kind, path))),
  };
}

function extensionsOf(strategy: PatchStrategy): JsonSchema {
  if (strategy === "atomic") return { "x-kubernetes-list-type": "atomic" };
  if (strategy === "set") return { "x-kubernetes-list-type": "set", "x-kubernetes-patch-strategy": "merge" };
  return {
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": strategy.listMapKeys,
    "x-kubernetes-patch-merge-key": strategy.mergeKey,
    "x-kubernetes-patch-strategy": "merge",
  };
}
