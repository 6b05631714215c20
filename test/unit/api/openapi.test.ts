import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { groupList, resourceList } from "../../../src/api/discovery/documents.ts";
import { openApiV3, openApiV3Bytes, openApiV3Index } from "../../../src/api/openapi/openapi.ts";
import type { OpenApiDocument, Operation } from "../../../src/api/openapi/openapi-types.ts";
import { hasStatus, takesStrategicPatch, verbsOf } from "../../../src/api/resources/subresources.ts";
import { API_KINDS } from "../../../src/model/api-kinds.ts";
import type { JsonSchema } from "../../../src/model/json-schema.ts";
import type { KindDefinition } from "../../../src/model/kind-definition.ts";
import { statusSchemaOf } from "../../../src/model/status-schema.ts";

const METHODS = ["get", "post", "put", "patch", "delete"] as const;

function documentOf(path: string): OpenApiDocument {
  const document = openApiV3(path);
  assert.ok(document, path);
  return document as OpenApiDocument;
}

const DOCUMENTS = Object.keys(openApiV3Index().paths).map((path) => [path, documentOf(path)] as const);

function rootOf(group: string, version: string): string {
  return group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
}

/** Each kind in each version, with the document that is about it. */
const KIND_VERSIONS = API_KINDS.flatMap((definition) =>
  definition.versions.map((version) => {
    const root = rootOf(definition.group, version);
    return { definition, version, root, document: documentOf(root.slice(1)) };
  }),
);

function* operationsOf({ paths }: OpenApiDocument): Generator<readonly [string, string, Operation]> {
  for (const [path, item] of Object.entries(paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (operation) yield [path, method, operation];
    }
  }
}

/** Every value in it that is a map, however deep. */
function* mapsIn(value: unknown): Generator<Readonly<Record<string, unknown>>> {
  if (Array.isArray(value)) for (const entry of value) yield* mapsIn(entry);
  else if (typeof value === "object" && value !== null) {
    yield value as Readonly<Record<string, unknown>>;
    for (const field of Object.values(value)) yield* mapsIn(field);
  }
}

describe("the index of OpenAPI documents", () => {
  it("has a document for each group and version of discovery", () => {
    const { groups } = groupList() as { groups: { versions: { groupVersion: string }[] }[] };
    const named = groups.flatMap(({ versions }) => versions.map(({ groupVersion }) => `apis/${groupVersion}`));
    assert.deepEqual(Object.keys(openApiV3Index().paths).sort(), ["api/v1", ...named].sort());
  });

  it("gives each an address that changes with what it says", () => {
    const hashes = new Set<string>();
    for (const [path, { serverRelativeURL }] of Object.entries(openApiV3Index().paths)) {
      const hash = openApiV3Bytes(path)?.hash ?? "";
      assert.equal(serverRelativeURL, `/openapi/v3/${path}?hash=${hash}`);
      hashes.add(hash);
    }
    assert.equal(hashes.size, DOCUMENTS.length);
  });

  it("leads to bytes that are made once", () => {
    assert.equal(openApiV3Bytes("api/v1"), openApiV3Bytes("api/v1"));
    for (const path of ["", "api", "api/v2", "apis/landbridge.dev", "/api/v1", "__proto__"]) {
      assert.equal(openApiV3Bytes(path), undefined, path);
      assert.equal(openApiV3(path), undefined, path);
    }
  });
});

for (const [name, document] of DOCUMENTS) {
  describe(`the OpenAPI document of ${name}`, () => {
    it("refers only to what it has", () => {
      const { schemas } = document.components;
      for (const { $ref } of mapsIn(document)) {
        if ($ref === undefined) continue;
        const [, schema] = /^#\/components\/schemas\/([A-Za-z0-9._-]+)$/.exec(String($ref)) ?? [];
        assert.ok(schema && Object.hasOwn(schemas, schema), String($ref));
      }
    });

    it("declares the parameters of its paths, and no parameter twice", () => {
      for (const [path, method, { parameters = [] }] of operationsOf(document)) {
        const all = [...(document.paths[path]?.parameters ?? []), ...parameters];
        const inPath = all.filter((parameter) => parameter.in === "path");
        const templated = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => name);
        assert.deepEqual(inPath.map((parameter) => parameter.name).sort(), templated.sort(), `${method} ${path}`);
        for (const { required, schema } of inPath) assert.ok(required && schema.type);
        const names = all.map((parameter) => `${parameter.in} ${parameter.name}`);
        assert.equal(new Set(names).size, names.length, `${method} ${path}`);
      }
    });

    it("has operations of different names, with a success and a failure each", () => {
      const ids = Array.from(operationsOf(document), ([, , { operationId }]) => operationId);
      assert.equal(new Set(ids).size, ids.length);
      for (const [path, method, { responses }] of operationsOf(document)) {
        assert.ok(
          Object.keys(responses).some((code) => /^2\d\d$/.test(code)),
          `${method} ${path}`,
        );
        assert.ok(responses.default, `${method} ${path}`);
        for (const { description } of Object.values(responses)) assert.ok(description);
      }
    });

    it("has schemas of OpenAPI 3.0, whose required fields exist", () => {
      for (const schema of mapsIn(document.components.schemas)) {
        if (schema.type === "array") assert.ok(schema.items, JSON.stringify(schema).slice(0, 200));
        if (schema.type === "object" && Array.isArray(schema.required)) {
          for (const field of schema.required) assert.ok(Object.hasOwn(schema.properties ?? {}, field), String(field));
        }
        for (const keyword of ["$schema", "$defs", "const", "examples", "propertyNames", "exclusiveMinimum"]) {
          assert.ok(!(typeof schema.type === "string" && Object.hasOwn(schema, keyword)), keyword);
        }
        // Siblings of a reference would be ignored.
        if (typeof schema.$ref === "string") assert.deepEqual(Object.keys(schema), ["$ref"]);
      }
    });
  });
}

describe("kubectl finds in OpenAPI", () => {
  it("the schema of every resource, as kubectl explain looks for it", () => {
    for (const { definition, version, root, document } of KIND_VERSIONS) {
      const { group, kind, plural } = definition;
      const candidates = ["", "/{name}"].flatMap((end) => [
        `${root}/${plural}${end}`,
        `${root}/namespaces/{namespace}/${plural}${end}`,
      ]);
      const operations = candidates.flatMap((path) => METHODS.map((method) => document.paths[path]?.[method]));
      const found = operations.filter((operation) => operation !== undefined);
      assert.ok(found.length > 0);
      for (const operation of found) {
        assert.deepEqual(operation["x-kubernetes-group-version-kind"], { group, version, kind });
      }
      const schemas = Object.values(document.components.schemas).filter((schema) =>
        schema["x-kubernetes-group-version-kind"]?.some((each) => each.kind === kind && each.group === group),
      );
      assert.deepEqual(
        schemas.map(({ description }) => description),
        [definition.description],
      );
    }
  });

  it("that the server validates fields, on every PATCH", () => {
    for (const { definition, document } of KIND_VERSIONS) {
      const patches = patchesOf(definition, document);
      assert.equal(patches.length > 0, verbsOf(definition).includes("patch"), definition.kind);
      for (const { parameters = [] } of patches) {
        assert.ok(parameters.some((parameter) => parameter.in === "query" && parameter.name === "fieldValidation"));
      }
    }
  });

  it("strategic merge patches for the kinds of Kubernetes only, whichever PATCH it looks at", () => {
    for (const { definition, document } of KIND_VERSIONS) {
      for (const { requestBody } of patchesOf(definition, document)) {
        assert.deepEqual(Object.keys(requestBody?.content ?? {}), [
          "application/json-patch+json",
          "application/merge-patch+json",
          ...(takesStrategicPatch(definition) ? ["application/strategic-merge-patch+json"] : []),
        ]);
      }
    }
  });

  it("how lists are merged, where patches are strategic", () => {
    const schemaOf = (path: string, name: string) => documentOf(path).components.schemas[name] ?? {};
    const core = schemaOf("api/v1", "io.k8s.api.core.v1.Service");
    const extensions = (schema: JsonSchema | undefined) =>
      Object.fromEntries(Object.entries(schema ?? {}).filter(([key]) => key.startsWith("x-kubernetes-")));
    assert.deepEqual(extensions(core.properties?.spec?.properties?.ports), {
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["port", "protocol"],
      "x-kubernetes-patch-merge-key": "port",
      "x-kubernetes-patch-strategy": "merge",
    });
    assert.deepEqual(extensions(core.properties?.spec?.properties?.externalIPs), {
      "x-kubernetes-list-type": "atomic",
    });
    const role = schemaOf("apis/rbac.authorization.k8s.io/v1", "io.k8s.api.rbac.v1.Role");
    assert.deepEqual(extensions(role.properties?.rules), { "x-kubernetes-list-type": "atomic" });
    const meta = schemaOf("api/v1", "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta");
    assert.deepEqual(extensions(meta.properties?.finalizers), {
      "x-kubernetes-list-type": "set",
      "x-kubernetes-patch-strategy": "merge",
    });
    assert.equal(meta.properties?.ownerReferences?.["x-kubernetes-patch-merge-key"], "uid");
    assert.equal(meta.required, undefined);
  });

  it("the names that Kubernetes gives to schemas", () => {
    for (const [path, name] of [
      ["api/v1", "io.k8s.api.core.v1.Secret"],
      ["api/v1", "io.k8s.api.core.v1.SecretList"],
      ["apis/discovery.k8s.io/v1", "io.k8s.api.discovery.v1.EndpointSlice"],
      ["apis/gateway.networking.k8s.io/v1beta1", "io.k8s.networking.gateway.v1beta1.HTTPRoute"],
      ["apis/landbridge.dev/v1alpha1", "dev.landbridge.v1alpha1.HybridService"],
      ["apis/authorization.k8s.io/v1", "io.k8s.api.authorization.v1.SelfSubjectAccessReview"],
      ["apis/authentication.k8s.io/v1", "io.k8s.api.authentication.v1.SelfSubjectReview"],
    ] as const) {
      assert.ok(documentOf(path).components.schemas[name], name);
    }
  });
});

function patchesOf({ kind }: KindDefinition, document: OpenApiDocument): Operation[] {
  return Array.from(operationsOf(document))
    .filter(
      ([, method, operation]) => method === "patch" && operation["x-kubernetes-group-version-kind"]?.kind === kind,
    )
    .map(([, , operation]) => operation);
}

describe("OpenAPI says the same as discovery", () => {
  const ACTIONS: Readonly<Record<string, string>> = { create: "post", update: "put" };

  it("of the verbs of each resource and of its status", () => {
    for (const [path, document] of DOCUMENTS) {
      const [, group = "", version = ""] = /^(?:api|apis\/(.*))\/(v[^/]*)$/.exec(path) ?? [];
      const { resources } = resourceList({ group, version }) as { resources: { name: string; verbs: string[] }[] };
      for (const { name, verbs } of resources) {
        const [plural, subresource = ""] = name.split("/");
        const places = subresource === "" ? `/${plural}(/{name})?$` : `/${plural}/{name}/${subresource}$`;
        const place = new RegExp(places.replaceAll(/[{}]/g, "\\$&"));
        const own = Array.from(operationsOf(document)).filter(([at]) => place.test(at));
        const said = new Set(own.map(([, , operation]) => operation["x-kubernetes-action"]));
        // Watching is a way of listing.
        const expected = verbs.filter((verb) => verb !== "watch").map((verb) => ACTIONS[verb] ?? verb);
        assert.deepEqual([...said].sort(), expected.sort(), name);
      }
    }
  });

  it("of which kinds have a status", () => {
    for (const definition of API_KINDS) {
      const isShownOnce = definition.kind === "AccessToken";
      assert.equal(
        statusSchemaOf(definition.kind) !== undefined,
        hasStatus(definition) || isShownOnce,
        definition.kind,
      );
    }
  });
});
