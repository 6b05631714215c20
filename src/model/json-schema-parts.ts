/** Schemas that are written out and not made from those of kinds, in few words. */
import type { GroupVersionKind, JsonSchema } from "./json-schema.ts";

export const text = (description: string): JsonSchema => ({ type: "string", description });
export const flag = (description: string): JsonSchema => ({ type: "boolean", description });
export const integer = (description: string, format: "int32" | "int64"): JsonSchema => ({
  type: "integer",
  format,
  description,
});
export const array = (description: string, items: JsonSchema): JsonSchema => ({
  type: "array",
  description,
  items,
  "x-kubernetes-list-type": "atomic",
});

export function object(
  description: string,
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[] = [],
): JsonSchema {
  return { type: "object", description, properties, ...(required.length > 0 && { required }) };
}

export function typed(kind: GroupVersionKind, schema: JsonSchema): JsonSchema {
  return { ...schema, "x-kubernetes-group-version-kind": [kind] };
}
