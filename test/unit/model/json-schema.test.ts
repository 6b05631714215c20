import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import * as z from "zod";
import { API_KINDS, apiKindByResource, apiKindNamed } from "../../../src/model/api-kinds.ts";
import { fieldsSchemaOf, type JsonSchema, jsonSchemaOf } from "../../../src/model/json-schema.ts";
import { apiVersionOf } from "../../../src/model/kind-definition.ts";
import { findKind, KINDS, kindNamed } from "../../../src/model/kinds.ts";
import { readObject } from "../../../src/model/object-reader.ts";
import { printable } from "../../../src/model/print.ts";
import { resourceArbitrary } from "../../support/model-arbitraries.ts";

/** Every schema in it, with its path: "HTTPRoute.spec.rules[].name". */
function* schemasIn(schema: JsonSchema, path: string): Generator<readonly [string, JsonSchema]> {
  yield [path, schema];
  for (const [name, field] of Object.entries(schema.properties ?? {})) yield* schemasIn(field, `${path}.${name}`);
  if (schema.items) yield* schemasIn(schema.items, `${path}[]`);
  if (schema.additionalProperties) yield* schemasIn(schema.additionalProperties, `${path}{}`);
}

const ALL = API_KINDS.flatMap((definition) => [...schemasIn(jsonSchemaOf(definition), definition.kind)]);

function fieldOf(kind: string, path: string): JsonSchema {
  const found = ALL.find(([name]) => name === `${kind}.${path}`);
  assert.ok(found, `${kind} has no ${path}`);
  return found[1];
}

describe("schemas of the kinds", () => {
  it("describe every field, for kubectl explain", () => {
    const bare = ALL.filter(([path, { description }]) => !/(\[\]|\{\})$/.test(path) && !description);
    assert.deepEqual(
      bare.map(([path]) => path),
      [],
    );
    for (const [path, { description = "Entry." }] of ALL) assert.match(description, /[.)]$/, `${path} is a sentence`);
  });

  it("are structural", () => {
    for (const [path, schema] of ALL) {
      const { type, allOf, anyOf, oneOf, properties, additionalProperties, items } = schema;
      assert.ok(type !== undefined || allOf !== undefined, `${path} has a type`);
      assert.ok(anyOf === undefined && oneOf === undefined, `${path} isn't one of several`);
      assert.ok(properties === undefined || additionalProperties === undefined, path);
      assert.equal(type === "array", items !== undefined, path);
      for (const name of schema.required ?? []) assert.ok(Object.hasOwn(properties ?? {}, name), `${path}.${name}`);
      if (allOf) assert.deepEqual(allOf.map(Object.keys), [["$ref"]], path);
    }
  });

  it("name their kind in each of its versions", () => {
    for (const definition of API_KINDS) {
      const { group, kind, versions } = definition;
      for (const version of versions) {
        const schema = jsonSchemaOf(definition, version);
        assert.deepEqual(schema["x-kubernetes-group-version-kind"], [{ group, version, kind }]);
        assert.deepEqual(schema.properties?.apiVersion?.enum, [apiVersionOf(definition, version)]);
      }
    }
  });

  it("say what the model checks: bounds, patterns, lengths, defaults and formats", () => {
    assert.deepEqual(fieldOf("HybridService", "spec.port"), {
      type: "integer",
      format: "int32",
      minimum: 1,
      maximum: 65535,
      description: "The port of the service, for those who refer to it.",
    });
    assert.equal(fieldOf("Secret", "data{}").format, "byte");
    assert.equal(fieldOf("AccessToken", "spec.expirationTimestamp").format, "date-time");
    const hostname = fieldOf("HTTPRoute", "spec.hostnames[]");
    assert.deepEqual([hostname.minLength, hostname.maxLength], [1, 253]);
    assert.ok(new RegExp(hostname.pattern ?? "").test("*.example.com"));
    assert.equal(fieldOf("HTTPRoute", "spec.hostnames").maxItems, 16);
    assert.equal(fieldOf("HTTPRoute", "spec.rules[].matches[].path.type").default, "PathPrefix");
    const status = fieldOf("HTTPRoute", "spec.rules[].filters[].requestRedirect.statusCode");
    assert.deepEqual([status.type, status.enum, status.default], ["integer", [301, 302, 303, 307, 308], 302]);
    const { format, minimum, maximum } = fieldsSchemaOf(z.int());
    assert.deepEqual([format, minimum, maximum], ["int64", undefined, undefined]);
  });

  it("require what has no default, and a name for nothing to be guessed", () => {
    for (const definition of API_KINDS) {
      assert.deepEqual(jsonSchemaOf(definition).required?.slice(0, 3), ["apiVersion", "kind", "metadata"]);
    }
    assert.deepEqual(fieldOf("HTTPRoute", "spec.parentRefs[]").required, ["name"]);
    assert.equal(fieldOf("HTTPRoute", "spec.parentRefs[]").properties?.kind?.default, "Gateway");
  });

  it("accept every object that the model accepts", () => {
    const readers = new Map(
      KINDS.map((definition) => [definition.kind, z.fromJSONSchema(bodySchema(definition.kind))]),
    );
    fc.assert(
      fc.property(resourceArbitrary, (resource) => {
        const { apiVersion: _, kind, metadata: __, ...body } = printable(resource);
        const parsed = readers.get(String(kind))?.safeParse(body);
        assert.ok(parsed?.success, `${String(kind)}: ${parsed?.error?.message} in ${JSON.stringify(body)}`);
      }),
      { numRuns: 200 },
    );
  });

  it("have no place for what can't be said in them", () => {
    assert.throws(() => fieldsSchemaOf(z.union([z.boolean(), z.string()])), /no structural schema/);
  });
});

/** Without references, which lead out of the schema. */
function bodySchema(kind: string): z.core.JSONSchema.JSONSchema {
  const definition = kindNamed(kind);
  assert.ok(definition);
  const {
    apiVersion: _,
    kind: __,
    metadata: ___,
    status: ____,
    ...properties
  } = jsonSchemaOf(definition).properties ?? {};
  const schema = { type: "object", properties, required: fieldsSchemaOf(definition.schema).required ?? [] };
  return JSON.parse(JSON.stringify(schema).replaceAll(/"allOf":\[\{"\$ref":[^\]]*\]/g, '"type":["integer","string"]'));
}

describe("kinds of the API", () => {
  it("are those of files, and Events", () => {
    assert.deepEqual(
      API_KINDS.filter(({ kind }) => kindNamed(kind) === undefined).map(({ kind }) => kind),
      ["Event"],
    );
    const event = { apiVersion: "v1", kind: "Event", metadata: { name: "x" }, involvedObject: {} };
    assert.deepEqual(
      readObject(event).findings.map(({ code }) => code),
      ["LB1010"],
    );
  });

  it("are found as URLs name them, in each of their versions", () => {
    assert.equal(apiKindByResource("", "v1", "events")?.kind, "Event");
    assert.equal(apiKindByResource("gateway.networking.k8s.io", "v1beta1", "httproutes")?.kind, "HTTPRoute");
    for (const [group, version, plural] of [
      ["", "v2", "events"],
      ["", "v1", "event"],
      ["landbridge.dev", "v1", "platforms"],
      ["", "v1", "__proto__"],
    ] as const) {
      assert.equal(apiKindByResource(group, version, plural), undefined);
    }
    assert.equal(apiKindNamed("Event")?.plural, "events");
    assert.equal(apiKindNamed("events"), undefined);
  });

  it("can be asked for together", () => {
    const inCategory = (name: string) => API_KINDS.filter(({ categories }) => categories?.includes(name));
    assert.deepEqual(
      inCategory("gateway-api").map(({ group }) => group),
      Array(4).fill("gateway.networking.k8s.io"),
    );
    assert.deepEqual(
      inCategory("landbridge").map(({ kind }) => kind),
      ["Platform", "HybridService"],
    );
    for (const name of ["all", "landbridge", "gateway-api"])
      assert.equal(findKind(name), undefined, "no kind is hidden");
  });
});
