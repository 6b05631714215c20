/** Finding a field in the schema of a kind, and naming types as `kubectl explain` does. */
import { fieldsSchemaOf, type JsonSchema, META_SCHEMAS } from "../model/json-schema.ts";
import { metadataSchema } from "../model/metadata-schema.ts";
import { nearest } from "../model/nearest.ts";

export interface FoundField {
  /** What the field is, references followed, lists not entered. */
  readonly schema: JsonSchema;
}

/** The field that does not exist, and what was probably meant. */
export interface MissingField {
  readonly missing: string;
  readonly near: string | undefined;
}

/** Walks into objects, the entries of lists, and the values of maps. An empty path is the kind itself. */
export function findField(kind: JsonSchema, path: readonly string[]): FoundField | MissingField {
  let schema = kind;
  for (const name of path) {
    const fields = fieldsOf(schema);
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (!field) return { missing: name, near: nearest(name, Object.keys(fields)) };
    schema = resolved(field);
  }
  return { schema };
}

/** Of an object, of the entries of a list, or of the values of a map. */
export function fieldsOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return innermost(schema).properties ?? {};
}

export function requiredOf(schema: JsonSchema): readonly string[] {
  return innermost(schema).required ?? [];
}

/** "string", "[]Object", "map[string]string", "IntOrString" */
export function typeName(schema: JsonSchema): string {
  const [reference] = schema.allOf ?? [schema];
  if (reference?.$ref !== undefined) return reference.$ref.replace(/^.*[./]/, "");
  if (schema.items) return `[]${typeName(schema.items)}`;
  if (schema.additionalProperties) return `map[string]${typeName(schema.additionalProperties)}`;
  return schema.type === "object" || schema.type === undefined ? "Object" : schema.type;
}

/** ObjectMeta is the only reference that leads to more fields. */
export function resolved(schema: JsonSchema): JsonSchema {
  const [reference] = schema.allOf ?? [schema];
  if (reference?.$ref !== `#/components/schemas/${META_SCHEMAS}.ObjectMeta`) return schema;
  const { properties = {} } = fieldsSchemaOf(metadataSchema);
  return { ...schema, properties };
}

function innermost(schema: JsonSchema): JsonSchema {
  const inner = schema.items ?? schema.additionalProperties;
  return inner ? innermost(inner) : resolved(schema);
}
