/** One edit costs work in proportion to what it touches, never to the estate. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type CompileDelta, Compiler, type Edit } from "../../../src/compiler/compiler.ts";
import type { EndpointQuery } from "../../../src/model/endpoints.ts";
import type { AnyResource } from "../../../src/model/kinds.ts";
import { readObject } from "../../../src/model/object-reader.ts";
import { COMPILE_OPTIONS } from "../../support/compile-options.ts";

type Fields = Readonly<Record<string, unknown>>;

const FEW = 50;
const MANY = 1000;

function object(fields: Fields): AnyResource {
  const { resource, findings } = readObject(fields);
  assert.ok(resource, JSON.stringify(findings));
  return resource;
}

function entrance(): AnyResource[] {
  const gatewayApi = { apiVersion: "gateway.networking.k8s.io/v1" };
  const listeners = [{ name: "web", port: 8080, protocol: "HTTP", allowedRoutes: { namespaces: { from: "All" } } }];
  return [
    object({
      ...gatewayApi,
      kind: "GatewayClass",
      metadata: { name: "landbridge" },
      spec: { controllerName: "landbridge.dev/gateway-controller" },
    }),
    object({
      ...gatewayApi,
      kind: "Gateway",
      metadata: { name: "edge", namespace: "infra" },
      spec: { gatewayClassName: "landbridge", listeners },
    }),
    ...["vm", "k8s"].map((name) =>
      object({
        apiVersion: "landbridge.dev/v1alpha1",
        kind: "Platform",
        metadata: { name },
        spec: { type: "Static", static: {} },
      }),
    ),
  ];
}

function route(index: number, path = "/"): AnyResource {
  const backendRefs = [{ group: "landbridge.dev", kind: "HybridService", name: `service-${index}` }];
  return object({
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: { name: `route-${index}`, namespace: "shop" },
    spec: {
      parentRefs: [{ name: "edge", namespace: "infra" }],
      hostnames: [`host-${index}.example.com`],
      rules: [{ matches: [{ path: { value: path } }], backendRefs }],
    },
  });
}

function service(index: number, weight = 0): AnyResource {
  return object({
    apiVersion: "landbridge.dev/v1alpha1",
    kind: "HybridService",
    metadata: { name: `service-${index}`, namespace: "shop" },
    spec: {
      port: 80,
      backends: ["vm", "k8s"].map((name) => ({ name, platform: name })),
      split: [
        { backend: "vm", weight: 100 - weight },
        { backend: "k8s", weight },
      ],
    },
  });
}

const set = (...resources: AnyResource[]): Edit[] => resources.map((resource) => ({ kind: "set", resource }));

function endpoints(query: EndpointQuery, port: number): Edit {
  return { kind: "endpoints", query, set: { state: "known", endpoints: [{ address: "10.0.0.1", port }] } };
}

/** A compiler that has settled with that many hosts, each with a route and a service of its own. */
function settled(hosts: number): Compiler {
  const compiler = new Compiler(COMPILE_OPTIONS);
  const all = Array.from({ length: hosts }, (_, index) => [route(index), service(index)]).flat();
  const { queriesAdded } = compiler.update(set(...entrance(), ...all));
  compiler.update(queriesAdded.map((query) => endpoints(query, 8080)));
  return compiler;
}

const few = settled(FEW);
const many = settled(MANY);

/** The same edit among few hosts and among many. */
function bothWays(edits: readonly Edit[]): CompileDelta {
  const [small, large] = [few.update(edits), many.update(edits)];
  assert.deepEqual([...small.defects, ...large.defects], []);
  assert.equal(large.recomputed, small.recomputed, `with ${MANY} hosts as with ${FEW}`);
  assert.ok(small.recomputed > 0);
  return large;
}

test("a preview costs the same among many as among few, there and back, and finds endpoints where they were", () => {
  const edits: Edit[] = [
    ...set(route(7, "/preview"), service(8, 50), route(MANY + 1)),
    ...["HTTPRoute/shop/route-9", "HybridService/shop/service-9"].map((key): Edit => ({ kind: "remove", key })),
  ];
  const seen = [few, many].map((compiler) => {
    const { seen: delta, restored } = compiler.preview(edits, (seenDelta) => seenDelta);
    assert.deepEqual(delta.defects, []);
    assert.deepEqual(compiler.update([]).resources, new Map(), "nothing is left to publish");
    assert.equal(compiler.routing.endpoints("hybrid/shop/service-9/vm").state, "known");
    return { recomputed: delta.recomputed, restored, changed: changed(delta) };
  });
  assert.deepEqual(seen[1], seen[0]);
  assert.ok((seen[0]?.restored ?? 0) > 0);
});

function changed({ resources }: CompileDelta): string[] {
  return [...resources.values()]
    .flat()
    .map(({ type, name }) => `${type} ${name}`)
    .sort();
}

test("an edit of a route recomputes as much among many hosts as among few, and changes just its host", () => {
  assert.deepEqual(changed(bothWays(set(route(7, "/seven")))), ["RouteConfiguration 8080|host-7.example.com"]);
});

test("a move of a split changes one runtime layer and nothing else", () => {
  for (const weight of [1, 50, 100]) {
    const [only, ...others] = changed(bothWays(set(service(7, weight))));
    assert.match(only ?? "", /^Runtime /);
    assert.deepEqual(others, []);
  }
});

test("a change of endpoints changes one load assignment", () => {
  const query = { platform: "vm", namespace: "shop", service: "service-7" };
  assert.deepEqual(changed(bothWays([endpoints(query, 9090)])), ["ClusterLoadAssignment hybrid/shop/service-7/vm"]);
});

test("a new host costs the same among many as among few", () => {
  const added = changed(bothWays(set(service(MANY), route(MANY))));
  assert.deepEqual(
    added.filter((name) => !name.startsWith("Runtime ")),
    [
      `Cluster hybrid/shop/service-${MANY}/k8s`,
      `Cluster hybrid/shop/service-${MANY}/vm`,
      `ClusterLoadAssignment hybrid/shop/service-${MANY}/k8s`,
      `ClusterLoadAssignment hybrid/shop/service-${MANY}/vm`,
      `RouteConfiguration 8080|host-${MANY}.example.com`,
      `ScopedRouteConfiguration 8080|host-${MANY}.example.com`,
    ],
  );
});

test("a removed host too, and it takes all of its own along", () => {
  const keys = [`HTTPRoute/shop/route-${MANY}`, `HybridService/shop/service-${MANY}`];
  const removed = bothWays(keys.map((key) => ({ kind: "remove", key })));
  const gone = [...removed.resources.values()].flat().filter(({ resource }) => resource === undefined);
  assert.equal(gone.length, 6);
});
