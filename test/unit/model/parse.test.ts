import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findKind, isKind, KINDS } from "../../../src/model/kinds.ts";
import { parse } from "../../../src/model/parse.ts";
import { printResource } from "../../../src/model/print.ts";

const NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: { name: a }\n";

/** The only object of a text without problems. */
function only(text: string) {
  const { objects, problems } = parse(text, "f.yaml");
  assert.deepEqual(problems, []);
  const [object] = objects;
  assert.ok(object && objects.length === 1);
  return object;
}

describe("text", () => {
  it("is read the same with a byte order mark, Windows line ends, comments and directives", () => {
    const expected = only(NAMESPACE).resource;
    assert.deepEqual(only(`\ufeff${NAMESPACE}`).resource, expected);
    assert.deepEqual(only(NAMESPACE.replaceAll("\n", "\r\n")).resource, expected);
    assert.deepEqual(only(`# first\n%YAML 1.2\n---\n${NAMESPACE}...\n# last\n`).resource, expected);
  });

  it("may be JSON, with tabs", () => {
    const { resource } = only(
      '{\n\t"apiVersion": "v1",\n\t"kind": "Namespace",\n\t"metadata": {\n\t\t"name": "a"\n\t}\n}',
    );
    assert.equal(resource.metadata.name, "a");
  });

  it("may use anchors and aliases within bounds", () => {
    const { resource } = only("apiVersion: v1\nkind: Namespace\nmetadata: { name: &n team, labels: { team: *n } }\n");
    assert.deepEqual(resource.metadata.labels, { team: "team" });
  });

  it("may hold Lists, whose items count as documents", () => {
    const item = "{ apiVersion: v1, kind: Namespace, metadata: { name: NAME } }";
    const list = `apiVersion: v1\nkind: List\nitems:\n- ${item.replace("NAME", "a")}\n- ${item.replace("NAME", "B")}\n- ${item.replace("NAME", "c")}\n`;
    const { objects, problems } = parse(list, "f.yaml");
    assert.deepEqual(
      objects.map(({ resource, position }) => [resource.metadata.name, position.line]),
      [
        ["a", 4],
        ["c", 6],
      ],
    );
    assert.deepEqual(
      problems.map(({ code, path, position }) => [code, path, position?.line]),
      [["LB1201", "metadata.name", 5]],
    );
  });

  it("keeps the places of objects and fields, however it was read", () => {
    const route = (extra: string) =>
      `# one\n---\n${NAMESPACE}---\n\napiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: { name: a${extra} }\nspec:\n  hostnames:\n  - a.example.com\n`;
    // An anchor is beyond the quick reader.
    for (const text of [route(""), route(", labels: { a: &x b, c: *x }")]) {
      const object = parse(text, "f.yaml").objects[1];
      assert.deepEqual(object?.position, { file: "f.yaml", line: 8, column: 1 });
      assert.deepEqual(object?.locate("spec.hostnames[0]"), { file: "f.yaml", line: 13, column: 5 });
      assert.deepEqual(object?.locate("spec.rules[0].name"), { file: "f.yaml", line: 11, column: 1 });
    }
  });

  it("can't reach the prototype of anything", () => {
    parse("__proto__: { polluted: 1 }\nconstructor: { prototype: { polluted: 1 } }\n", "f");
    assert.equal(({} as Record<string, unknown>).polluted, undefined);
  });
});

describe("objects", () => {
  it("lose what only Kubernetes uses, and fields that are null", () => {
    const { resource } = only(`apiVersion: v1
kind: Namespace
metadata:
  name: a
  labels:
  uid: u-1
  generation: 3
  resourceVersion: "7"
  creationTimestamp: "2026-01-31T12:00:00Z"
  managedFields: [ { manager: kubectl } ]
  ownerReferences: []
  finalizers: [ x ]
spec: null
status: { phase: Active }
`);
    assert.deepEqual(resource, {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: {
        name: "a",
        namespace: "",
        labels: {},
        annotations: {},
        creationTimestamp: "2026-01-31T12:00:00Z",
        generation: 3,
        uid: "u-1",
        resourceVersion: "7",
      },
    });
  });

  it("of older versions become the current one", () => {
    const { resource } = only(
      "apiVersion: gateway.networking.k8s.io/v1beta1\nkind: ReferenceGrant\nmetadata: { name: a }\nspec: { from: [ { group: '', kind: A, namespace: b } ], to: [ { group: '', kind: Secret } ] }\n",
    );
    assert.equal(resource.apiVersion, "gateway.networking.k8s.io/v1");
    assert.equal(resource.metadata.namespace, "default");
  });

  it("have the defaults of the specification", () => {
    const { resource } = only(
      "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: { name: a }\nspec:\n  parentRefs: [ { name: g } ]\n  rules: [ { matches: [], backendRefs: [ { name: s, port: 80 } ] } ]\n",
    );
    assert.ok(isKind(resource, "HTTPRoute"));
    assert.deepEqual(resource.spec.parentRefs, [{ group: "gateway.networking.k8s.io", kind: "Gateway", name: "g" }]);
    assert.deepEqual(resource.spec.rules[0]?.matches, [
      { path: { type: "PathPrefix", value: "/" }, headers: [], queryParams: [] },
    ]);
    assert.deepEqual(resource.spec.rules[0]?.backendRefs, [
      { group: "", kind: "Service", name: "s", port: 80, weight: 1, filters: [] },
    ]);
  });

  it("may send nothing anywhere with an HTTPRoute's weights, but not with a HybridService's", () => {
    only(
      "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: { name: a }\nspec: { rules: [ { backendRefs: [ { name: s, port: 80, weight: 0 } ] } ] }\n",
    );
  });

  it("of kind HybridService know their names on the platform and where traffic goes", () => {
    const { resource } = only(
      "apiVersion: landbridge.dev/v1alpha1\nkind: HybridService\nmetadata: { name: front, namespace: shop }\nspec: { port: 80, backends: [ { name: vm, platform: dc } ] }\n",
    );
    assert.ok(isKind(resource, "HybridService"));
    const [backend] = resource.spec.backends;
    assert.deepEqual([backend?.service, backend?.namespace, backend?.tls.mode], ["front", "shop", "Disabled"]);
    assert.deepEqual(resource.spec.split, [{ backend: "vm", weight: 100 }]);
  });

  it("of kind Secret keep plain text in base64, and can be printed without", () => {
    const { resource } = only(
      "apiVersion: v1\nkind: Secret\nmetadata: { name: a }\ndata: { x: b2xk, y: eQ== }\nstringData: { x: new }\n",
    );
    assert.ok(isKind(resource, "Secret"));
    assert.deepEqual(resource.data, { x: "bmV3", y: "eQ==" });
    const shown = printResource(resource, { redactSecrets: true });
    assert.ok(!shown.includes("bmV3") && !shown.includes("eQ==") && shown.includes("x:"), shown);
  });

  it("are printed in one order, with text that YAML 1.1 would misread in quotes", () => {
    const { resource } = only("kind: Namespace\nmetadata: { labels: { b: 'yes', a: x }, name: a }\napiVersion: v1\n");
    assert.equal(
      printResource(resource),
      'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\n  labels:\n    b: "yes"\n    a: x\n',
    );
  });
});

describe("kinds", () => {
  it("are found by every name that kubectl takes", () => {
    for (const name of ["HTTPRoute", "httproutes", "httproute", "httproutes.gateway.networking.k8s.io"])
      assert.equal(findKind(name)?.kind, "HTTPRoute");
    assert.equal(findKind("hsvc")?.kind, "HybridService");
    assert.equal(findKind("httproutes.example.com"), undefined);
  });

  it("have names of their own", () => {
    const names = KINDS.flatMap(({ kind, plural, shortNames }) => [kind, plural, ...shortNames]);
    assert.equal(new Set(names).size, names.length);
  });
});
