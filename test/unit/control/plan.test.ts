import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { PlanView } from "../../../src/client/plan-view.ts";
import { printStage } from "../../../src/compiler/print.ts";
import type { SourcedResource } from "../../../src/config/source.ts";
import { Estate } from "../../../src/control/estate.ts";
import { endpointKey } from "../../../src/model/endpoints.ts";
import type { AnyResource } from "../../../src/model/kinds.ts";
import { keyOf } from "../../../src/model/metadata.ts";
import { parse } from "../../../src/model/parse.ts";
import type { Problem } from "../../../src/model/problem.ts";
import { makeExpired, makeSelfSigned, type PemPair } from "../../support/certificates.ts";
import { COMPILE_OPTIONS } from "../../support/compile-options.ts";
import { editArbitrary, estateArbitrary } from "../../support/model-arbitraries.ts";
import { gatewayYaml, serviceYaml } from "../../support/test-estate.ts";

const NOW = Date.now();
const NOTHING: PlanView = {
  objects: [],
  hosts: [],
  proxies: [],
  statuses: [],
  problems: { added: [], removed: [] },
};

function sourced(text: string): SourcedResource[] {
  const { objects, problems } = parse(text, "estate.yaml");
  assert.deepEqual(problems, []);
  return objects.map(({ resource }) => ({ resource, origin: { source: "estate" } }));
}

function apply(estate: Estate, upserts: readonly SourcedResource[], removals: readonly string[] = []): void {
  const { queriesAdded } = estate.applySource({ upserts, removals, problems: [] }, NOW);
  estate.applyEndpoints(
    queriesAdded.map((query) => {
      const port = (endpointKey(query).length % 60_000) + 1;
      return { query, set: { state: "known", endpoints: [{ address: "127.0.0.1", port }] } };
    }),
  );
}

/** A gateway on port 8080, and a service "shop" behind shop.test with two backends. */
function shopEstate(weight = 10): Estate {
  const estate = new Estate(COMPILE_OPTIONS);
  apply(estate, [...sourced(gatewayYaml(8080)), ...sourced(shop(weight))]);
  assert.deepEqual(estate.problems(), []);
  return estate;
}

function shop(weight: number): string {
  return serviceYaml("shop", "shop.test", { vm: { port: 1, weight: 100 - weight }, k8s: { port: 2, weight } });
}

function plan(estate: Estate, set: readonly SourcedResource[], remove: readonly string[] = []): PlanView {
  return estate.preview({ set, remove }, NOW);
}

const only = (kind: string, text: string) => sourced(text).filter(({ resource }) => resource.kind === kind);
const EDGE = "Gateway/infra/edge";

test("what is there already, or isn't there to be deleted, changes nothing", () => {
  const view = plan(shopEstate(), sourced(shop(10)), ["HTTPRoute/shop/gone"]);
  assert.deepEqual([...new Set(view.objects.map(({ change }) => change))], ["unchanged"]);
  assert.equal(view.objects.length, 4);
  assert.deepEqual({ ...view, objects: [] }, NOTHING);
});

test("a new service is a new host with its clusters", () => {
  const text = serviceYaml("books", "books.test", { vm: { port: 3, weight: 1 } });
  const view = plan(shopEstate(), sourced(text));
  assert.deepEqual(
    view.objects.map(({ key, change }) => `${change} ${key}`),
    ["create HTTPRoute/shop/books", "create HybridService/shop/books", "create Platform//books"],
  );
  assert.deepEqual(view.hosts, [
    { gateway: EDGE, hostname: "books.test", port: 8080, change: "added", by: ["routes"] },
  ]);
  assert.deepEqual(view.proxies, [
    {
      gateway: EDGE,
      change: "changed",
      resources: {
        added: [
          "Cluster:hybrid/shop/books/vm",
          "ClusterLoadAssignment:hybrid/shop/books/vm",
          "RouteConfiguration:8080|books.test",
          "ScopedRouteConfiguration:8080|books.test",
        ],
        changed: [],
        removed: [],
      },
    },
  ]);
  assert.ok(view.statuses.some(({ object }) => object === "HTTPRoute/shop/books"));
});

test("a move of weights names the hosts whose traffic moves, although no route changes", () => {
  const view = plan(shopEstate(10), sourced(shop(50)));
  assert.deepEqual(view.hosts, [
    { gateway: EDGE, hostname: "shop.test", port: 8080, change: "changed", by: ["weights"] },
  ]);
  assert.deepEqual(
    view.objects.filter(({ change }) => change !== "unchanged"),
    [{ key: "HybridService/shop/shop", change: "update" }],
  );
});

test("another way to reach a backend names the hosts behind which it is", () => {
  const text = shop(10).replace("service: vm }", "service: vm, connectTimeout: 2s }");
  assert.deepEqual(plan(shopEstate(), sourced(text)).hosts, [
    { gateway: EDGE, hostname: "shop.test", port: 8080, change: "changed", by: ["backends"] },
  ]);
});

test("of the wildcard hosts of a table, which share one resource, just those are named that differ", () => {
  const estate = shopEstate();
  const wildcard = (name: string, path: string) =>
    only("HTTPRoute", serviceYaml(name, `"*.${name}.test"`, { vm: { port: 1, weight: 1 } })).map(
      ({ resource, origin }) => ({ resource: withPath(resource, path), origin }),
    );
  apply(estate, [...wildcard("one", "/"), ...wildcard("two", "/"), ...wildcard("three", "/")]);
  const view = plan(estate, [...wildcard("two", "/new"), ...wildcard("four", "/")], ["HTTPRoute/shop/one"]);
  assert.deepEqual(
    view.hosts.map(({ hostname, change }) => `${hostname} ${change}`),
    ["*.four.test added", "*.one.test removed", "*.two.test changed"],
  );
});

function withPath(resource: AnyResource, path: string): AnyResource {
  assert.equal(resource.kind, "HTTPRoute");
  const [rule] = resource.spec.rules;
  assert.ok(rule);
  const matches = [{ path: { type: "PathPrefix" as const, value: path }, headers: [], queryParams: [] }];
  return { ...resource, spec: { ...resource.spec, rules: [{ ...rule, matches }] } };
}

test("a service that goes leaves its route without a backend, and the plan says so", () => {
  const view = plan(shopEstate(), [], ["HybridService/shop/shop"]);
  const route = view.statuses.find(({ object }) => object === "HTTPRoute/shop/shop");
  assert.deepEqual(route?.conditions, [
    {
      of: `parent ${EDGE}`,
      type: "ResolvedRefs",
      before: { status: "True", reason: "ResolvedRefs", message: "all references resolve" },
      after: {
        status: "False",
        reason: "BackendNotFound",
        message: "HybridService shop/shop does not exist",
      },
    },
  ]);
  assert.deepEqual(
    view.problems.added.map(({ code, object }) => [code, object]),
    [["LB2001", "HTTPRoute/shop/shop"]],
  );
  assert.deepEqual(view.problems.removed, []);
});

test("what mends something says which problems go", () => {
  const estate = shopEstate();
  apply(estate, [], ["HybridService/shop/shop"]);
  const view = plan(estate, only("HybridService", shop(10)));
  assert.deepEqual(view.problems.added, []);
  assert.deepEqual(
    view.problems.removed.map(({ code }) => code),
    ["LB2001"],
  );
});

test("gateways that come and go are named, with all that their proxies have", () => {
  const estate = shopEstate();
  const view = plan(estate, [], [EDGE]);
  assert.deepEqual(
    view.proxies.map(({ gateway, change }) => [gateway, change]),
    [[EDGE, "removed"]],
  );
  assert.ok(view.proxies[0]?.resources.removed.includes("Listener:port-8080"));
  assert.deepEqual(
    view.hosts.map(({ hostname, change }) => [hostname, change]),
    [["shop.test", "removed"]],
  );
  apply(estate, [], [EDGE]);
  const back = plan(estate, only("Gateway", gatewayYaml(8080)));
  assert.deepEqual(
    back.proxies.map(({ gateway, change }) => [gateway, change]),
    [[EDGE, "added"]],
  );
});

for (const [days, standing] of [
  [365, []],
  [3, ["warning"]],
] as const) {
  test(`a certificate that can't serve would be held back behind one of ${days} days, and the plan says so`, async () => {
    const estate = shopEstate();
    const notAfter = new Date(NOW + days * 86_400_000);
    apply(estate, sourced(secretYaml(await makeSelfSigned({ dnsNames: ["a.test"], notAfter }))));
    const severities = () => estate.problems().map(({ severity }) => severity);
    assert.deepEqual(severities(), standing);
    const view = plan(estate, sourced(secretYaml(await makeExpired({ dnsNames: ["a.test"] }))));
    assert.deepEqual(view.objects, [{ key: "Secret/infra/web", change: "update" }]);
    assert.deepEqual(
      view.problems.added.map(({ code, severity }) => [code, severity]),
      [["LB2007", "error"]],
    );
    assert.deepEqual(view.problems.removed, [], "what is wrong with the one that serves stays");
    assert.deepEqual(view.proxies, []);
    assert.deepEqual(severities(), standing);
  });
}

function secretYaml({ certificate, key }: PemPair): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "web", namespace: "infra" },
    type: "kubernetes.io/tls",
    data: { "tls.crt": btoa(certificate), "tls.key": btoa(key) },
  });
}

/** All that an estate shows. */
function shown(estate: Estate) {
  const compiled = estate.compiled();
  const gateways = estate.routing.gateways();
  const resources = gateways.flatMap((gateway) =>
    compiled.resources(gateway).map(({ type, name, version }) => [`${gateway} ${type}:${name}`, version] as const),
  );
  return {
    stages: (["model", "routing", "envoy"] as const).map((stage) => printStage(stage, compiled)),
    statuses: Array.from(estate.objects(), ({ resource }) => [keyOf(resource), estate.status(keyOf(resource))]),
    problems: estate.problems().map(content).sort(),
    resources: new Map(resources),
    gateways,
  };
}

function content({ code, severity, object, path, message }: Problem): string {
  return [code, severity, object, path, message].join(" ");
}

/** What the plan says of resources and problems, found by comparing everything. */
function differences(before: ReturnType<typeof shown>, after: ReturnType<typeof shown>) {
  const names = [...new Set([...before.resources.keys(), ...after.resources.keys()])].sort();
  return {
    resources: names.flatMap((name) => {
      const [old, next] = [before.resources.get(name), after.resources.get(name)];
      return old === next ? [] : [`${old ? (next ? "changed" : "removed") : "added"} ${name}`];
    }),
    added: after.problems.filter((problem) => !before.problems.includes(problem)),
    removed: before.problems.filter((problem) => !after.problems.includes(problem)),
    gatewaysAdded: after.gateways.filter((gateway) => !before.gateways.includes(gateway)),
    gatewaysRemoved: before.gateways.filter((gateway) => !after.gateways.includes(gateway)),
  };
}

function promised({ proxies, problems }: PlanView) {
  const resources = proxies.flatMap(({ gateway, resources: { added, changed, removed } }) => [
    ...added.map((id) => `added ${gateway} ${id}`),
    ...changed.map((id) => `changed ${gateway} ${id}`),
    ...removed.map((id) => `removed ${gateway} ${id}`),
  ]);
  const gateways = (wanted: string) => proxies.flatMap(({ gateway, change }) => (change === wanted ? [gateway] : []));
  return {
    resources: resources.sort((a, b) => (nameIn(a) < nameIn(b) ? -1 : 1)),
    added: problems.added.map(content).sort(),
    removed: problems.removed.map(content).sort(),
    gatewaysAdded: gateways("added"),
    gatewaysRemoved: gateways("removed"),
  };
}

const nameIn = (line: string) => line.slice(line.indexOf(" "));

test("among random estates and edits a plan comes true, and making it changed nothing", () => {
  fc.assert(
    fc.property(estateArbitrary, fc.array(editArbitrary, { minLength: 1, maxLength: 4 }), (objects, edits) => {
      const estate = new Estate(COMPILE_OPTIONS);
      const from = (resource: AnyResource): SourcedResource => ({ resource, origin: { source: "estate" } });
      apply(estate, objects.map(from));
      const before = shown(estate);
      const set = new Map<string, SourcedResource>();
      const remove = new Set<string>();
      for (const edit of edits) {
        const key = edit.kind === "remove" ? edit.key : keyOf(edit.resource);
        if (edit.kind === "remove") set.delete(key);
        else set.set(key, from(edit.resource));
        if (edit.kind === "remove") remove.add(key);
        else remove.delete(key);
      }
      const view = plan(estate, [...set.values()], [...remove]);
      assert.deepEqual(shown(estate), before);
      estate.applySource({ upserts: [...set.values()], removals: [...remove], problems: [] }, NOW);
      assert.deepEqual(promised(view), differences(before, shown(estate)));
    }),
    { numRuns: Number(process.env.LANDBRIDGE_PROPERTY_RUNS ?? 100) },
  );
});
