/** From plain values (of YAML, JSON or an API) to a checked resource. */

import { type ObjectKey, objectKey } from "./keys.ts";
import { apiVersionOf, type KindDefinition } from "./kind-definition.ts";
import { type AnyResource, KINDS, kindNamed } from "./kinds.ts";
import { readMetadata } from "./metadata-reader.ts";
import type { Finding } from "./mistake.ts";
import { nearest } from "./nearest.ts";
import { schemaFindings } from "./schema-findings.ts";
import { quote } from "./value-description.ts";

export interface ReadObject {
  /** Absent when any finding is an error. */
  readonly resource?: AnyResource;
  /** The object's name, where it can be told. */
  readonly key?: ObjectKey;
  readonly findings: readonly Finding[];
}

type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `value` must be free of nulls in fields: they mean that the field is absent. */
export function readObject(value: Fields): ReadObject {
  const kind = findDefinition(value);
  if (!("definition" in kind)) return { findings: [kind] };
  const { definition } = kind;
  const { apiVersion: _, kind: __, metadata: rawMetadata, status: ___, ...rest } = value;
  const key = keyOfRaw(definition, rawMetadata);
  const { metadata, findings } = readMetadata(rawMetadata, definition);
  const body = definition.schema.safeParse(rest);
  if (!body.success || !metadata) {
    const reveal = definition.kind !== "Secret";
    const more = body.success ? [] : schemaFindings(body.error.issues, definition.schema, rest, [], reveal);
    return { ...key, findings: [...findings, ...more] };
  }
  const completed = definition.complete?.(body.data, metadata) ?? body.data;
  const resource = { apiVersion: apiVersionOf(definition), kind: definition.kind, metadata, ...completed };
  const ruleFindings = definition.check?.(resource) ?? [];
  const failed = ruleFindings.some(({ severity }) => severity !== "warning");
  if (failed) return { ...key, findings: ruleFindings };
  return {
    ...key,
    // The schema of the table's entry made the body, so it is what the kind's type says.
    resource: resource as unknown as AnyResource,
    findings: ruleFindings,
  };
}

function findDefinition({ apiVersion, kind }: Fields): { definition: KindDefinition } | Finding {
  if (typeof kind !== "string" || typeof apiVersion !== "string") {
    const missing =
      typeof kind === "string" ? "apiVersion" : typeof apiVersion === "string" ? "kind" : "apiVersion and kind";
    return {
      code: "LB1009",
      message: `the object has no ${missing}`,
      hint: "Every object starts with apiVersion and kind, such as gateway.networking.k8s.io/v1 and HTTPRoute.",
      path: kind !== undefined && typeof kind !== "string" ? ["kind"] : apiVersion === undefined ? [] : ["apiVersion"],
    };
  }
  const definition = kindNamed(kind);
  if (!definition) {
    const near = nearest(
      kind,
      KINDS.map((entry) => entry.kind),
    );
    return {
      code: "LB1010",
      message: `the kind ${quote(kind)} isn't known`,
      hint: near ? `Did you mean ${near}?` : `Known kinds: ${KINDS.map((entry) => entry.kind).join(", ")}.`,
      path: ["kind"],
    };
  }
  if (definition.versions.some((version) => apiVersionOf(definition, version) === apiVersion)) return { definition };
  return {
    code: "LB1011",
    message: `${definition.kind} isn't known in ${quote(apiVersion)}`,
    hint: `Use apiVersion: ${apiVersionOf(definition)}.`,
    path: ["apiVersion"],
  };
}

function keyOfRaw(definition: KindDefinition, metadata: unknown): { readonly key?: ObjectKey } {
  if (!isFields(metadata) || typeof metadata.name !== "string") return {};
  const { name, namespace } = metadata;
  const scope = definition.namespaced ? (typeof namespace === "string" ? namespace : "default") : "";
  return { key: objectKey(definition.kind, scope.slice(0, 253), name.slice(0, 253)) };
}
