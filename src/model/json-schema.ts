/** The kinds as OpenAPI v3 schemas, made from the schemas that check objects. */
import * as z from "zod";
import { apiVersionOf, type KindDefinition } from "./kind-definition.ts";
import { statusSchemaOf } from "./status-schema.ts";

/** What Kubernetes takes of JSON Schema ("structural schemas"), and its extensions. */
export interface JsonSchema {
  readonly type?: "object" | "array" | "string" | "integer" | "number" | "boolean";
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema;
  readonly items?: JsonSchema;
  readonly enum?: readonly (string | number)[];
  readonly default?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly $ref?: string;
  /** Only to give a reference a description: OpenAPI 3.0 ignores whatever stands beside $ref. */
  readonly allOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly "x-kubernetes-group-version-kind"?: readonly GroupVersionKind[];
  readonly "x-kubernetes-preserve-unknown-fields"?: true;
  readonly "x-kubernetes-patch-merge-key"?: string;
  readonly "x-kubernetes-patch-strategy"?: string;
  readonly "x-kubernetes-list-type"?: "map" | "set" | "atomic";
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
}

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** Where Kubernetes keeps the schemas that all kinds share. */
export const META_SCHEMAS = "io.k8s.apimachinery.pkg.apis.meta.v1";
export const INT_OR_STRING_SCHEMA = "io.k8s.apimachinery.pkg.util.intstr.IntOrString";

export function schemaRef(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

/**
 * A kind whole: apiVersion, kind, metadata (a reference to ObjectMeta), its own fields, and status where it has one.
 * For a CustomResourceDefinition replace `metadata` by `{ type: "object" }`; everything else is a structural schema.
 */
export function jsonSchemaOf(definition: KindDefinition, version: string = definition.versions[0]): JsonSchema {
  const { kind, group, description, schema } = definition;
  const { properties = {}, required = [] } = fieldsSchemaOf(schema);
  const status = statusSchemaOf(kind);
  return {
    type: "object",
    description,
    properties: {
      apiVersion: { type: "string", enum: [apiVersionOf(definition, version)], description: "Group and version." },
      kind: { type: "string", enum: [kind], description: "What the object is." },
      metadata: {
        allOf: [schemaRef(`${META_SCHEMAS}.ObjectMeta`)],
        description: "Name, namespace, labels and whatever else all objects have.",
      },
      ...properties,
      ...(status && { status }),
    },
    required: ["apiVersion", "kind", "metadata", ...required],
    "x-kubernetes-group-version-kind": [{ group, version, kind }],
  };
}

/** A zod schema as a structural one: what may be written, with the defaults of what isn't. */
export function fieldsSchemaOf(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...converted } = z.toJSONSchema(schema, {
    io: "input",
    target: "openapi-3.0",
    unrepresentable: "any",
    reused: "inline",
    override: ({ jsonSchema }) => restructure(jsonSchema),
  });
  return converted as JsonSchema;
}

const INT32_MAX = 2_147_483_647;

/** Changes what zod says into what Kubernetes says, in place. */
function restructure(schema: z.core.JSONSchema.BaseSchema): void {
  // Where fields are listed, others are pruned: structural schemas don't say so.
  if (schema.properties) delete schema.additionalProperties;
  if (schema.propertyNames) delete schema.propertyNames;
  if (schema.anyOf) restructureUnion(schema);
  if (schema.enum?.every(Number.isInteger)) schema.type = "integer";
  if (schema.type === "integer") restructureInteger(schema);
  if (schema.minLength === 0) delete schema.minLength;
  if (!schema.type && !schema.allOf) schema["x-kubernetes-preserve-unknown-fields"] = true;
}

/** The only union that the kinds have is a port's number or name. */
function restructureUnion(schema: z.core.JSONSchema.BaseSchema): void {
  const types = (schema.anyOf ?? []).map((member) => (typeof member === "object" ? member.type : undefined));
  if (types.join() !== "integer,string") throw new Error(`no structural schema for a union of ${types.join(" and ")}`);
  delete schema.anyOf;
  schema.allOf = [{ $ref: `#/components/schemas/${INT_OR_STRING_SCHEMA}` }];
}

function restructureInteger(schema: z.core.JSONSchema.BaseSchema): void {
  const { minimum = Number.MIN_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER } = schema;
  const isShort = schema.enum !== undefined || (minimum >= -INT32_MAX && maximum <= INT32_MAX);
  schema.format = isShort ? "int32" : "int64";
  if (minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
}
