/** What a team may refer to. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { coveringNames } from "../../../src/access/covering-names.ts";
import type { RbacRule } from "../../../src/access/policy.ts";
import { checkReferences, roleGiving } from "../../../src/access/reference-check.ts";
import { newReferences } from "../../../src/access/references.ts";
import type { AnyResource } from "../../../src/model/kinds.ts";
import { give, read, readRbac, readyMadePolicy, userNamed } from "../../support/given-roles.ts";

const TEAM = userNamed("team");

function route(spec: object, namespace = "shop", labels = {}): AnyResource {
  return read({
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: { name: "front", namespace, labels },
    spec,
  });
}

function service(...backends: object[]): AnyResource {
  return read({
    apiVersion: "landbridge.dev/v1alpha1",
    kind: "HybridService",
    metadata: { name: "front", namespace: "shop" },
    spec: { port: 80, backends, split: [{ backend: "vm", weight: 1 }] },
  });
}

const listeners = (...resourceNames: string[]): RbacRule => ({
  apiGroups: ["landbridge.dev"],
  resources: ["listeners"],
  resourceNames,
  verbs: ["attach"],
});
const hostnames = (...resourceNames: string[]): RbacRule => ({
  apiGroups: ["landbridge.dev"],
  resources: ["hostnames"],
  resourceNames,
  verbs: ["use"],
});

/** The paths of what is denied to the team when it holds these rules in its namespace. */
function denied(after: AnyResource, rules: readonly RbacRule[], before?: AnyResource, where = "shop"): string[] {
  const policy = readyMadePolicy();
  give(policy, "team", where, rules);
  return checkReferences(policy, TEAM, before, after).map(({ problem }) => problem.path);
}

const EDGE = { name: "edge", namespace: "infra" };
const SECURE = { ...EDGE, sectionName: "https" };

test("a host is given by its name or by a wildcard above it, however many labels lie between", () => {
  const given = (hostname: string, grant: string) =>
    denied(route({ hostnames: [hostname] }), [hostnames(grant)]).length === 0;
  assert.ok(given("a.shop.example.com", "a.shop.example.com"));
  assert.ok(given("a.shop.example.com", "*.shop.example.com"));
  assert.ok(given("a.b.shop.example.com", "*.shop.example.com"));
  assert.ok(given("*.shop.example.com", "*.shop.example.com"));
  assert.ok(given("*.a.shop.example.com", "*.shop.example.com"));
  assert.ok(given("a.shop.example.com", "*"));
  assert.ok(!given("shop.example.com", "*.shop.example.com"), "the wildcard is one label more at least");
  assert.ok(!given("*.shop.example.com", "a.shop.example.com"));
  assert.ok(!given("*.example.com", "*.shop.example.com"));
  assert.ok(!given("a.myshop.example.com", "*.shop.example.com"), "whole labels");
  assert.ok(!given("pay.example.com", "shop.example.com"));
});

test("the names that give a host are those that match all of it", () => {
  const label = fc.constantFrom("a", "b", "shop", "com");
  const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join("."));
  const pattern = fc.tuple(fc.boolean(), name).map(([wild, text]) => (wild ? `*.${text}` : text));
  fc.assert(
    fc.property(pattern, fc.oneof(pattern, fc.constant("*")), (hostname, grant) => {
      const suffix = grant.slice(1);
      const gives =
        grant === "*" ||
        grant === hostname ||
        (grant.startsWith("*.") && hostname.endsWith(suffix) && hostname !== suffix.slice(1));
      assert.equal(coveringNames(hostname).includes(grant), gives, `${grant} for ${hostname}`);
    }),
    { numRuns: 2000 },
  );
});

test("a route without hostnames serves every host of its listeners, so it needs all", () => {
  assert.deepEqual(denied(route({}), [hostnames("*.example.com")]), ["spec.hostnames"]);
  assert.deepEqual(denied(route({}), [hostnames("*")]), []);
});

test("a listener is given by its name or with its whole Gateway, for the routes of one namespace", () => {
  const all = hostnames("*");
  const at = (parent: object, ...names: string[]) =>
    denied(route({ parentRefs: [parent] }), [all, listeners(...names)]);
  assert.deepEqual(at(SECURE, "infra:edge:https"), []);
  assert.deepEqual(at(SECURE, "infra:edge"), []);
  assert.deepEqual(at(SECURE, "*"), []);
  assert.deepEqual(at(EDGE, "infra:edge"), []);
  assert.deepEqual(at(EDGE, "infra:edge:https"), ["spec.parentRefs[0]"], "all listeners are more than one");
  assert.deepEqual(at({ ...EDGE, port: 443 }, "infra:edge:https"), ["spec.parentRefs[0]"]);
  assert.deepEqual(at(SECURE, "infra:edge:http", "infra:inner", "other:edge:https"), ["spec.parentRefs[0]"]);
  assert.deepEqual(denied(route({ parentRefs: [SECURE] }), [listeners("infra:edge")], undefined, "pay").length, 2);
});

test("who speaks for the Gateway's namespace can give it there; a rule on gateways in the team's own gives none of others", () => {
  const attach: RbacRule = { apiGroups: ["gateway.networking.k8s.io"], resources: ["gateways"], verbs: ["attach"] };
  const paths = (where: string) =>
    denied(route({ parentRefs: [SECURE], hostnames: ["a.com"] }), [attach], undefined, where);
  assert.deepEqual(paths("infra"), ["spec.hostnames[0]"]);
  assert.deepEqual(paths("shop"), ["spec.parentRefs[0]", "spec.hostnames[0]"]);
});

test("default Gateways are given by a name of their own", () => {
  const asked = route({ useDefaultGateways: "All", hostnames: ["a.com"] });
  assert.deepEqual(denied(asked, [hostnames("a.com"), listeners("infra:edge")]), ["spec.useDefaultGateways"]);
  assert.deepEqual(denied(asked, [hostnames("a.com"), listeners("default")]), []);
});

test("a team uses every platform in its own namespace there, and no other namespace", () => {
  const vm = { name: "vm", platform: "datacenter" };
  const platforms: RbacRule = {
    apiGroups: ["landbridge.dev"],
    resources: ["platforms/namespaces"],
    resourceNames: ["datacenter:pay"],
    verbs: ["use"],
  };
  assert.deepEqual(denied(service(vm), []), []);
  assert.deepEqual(denied(service({ ...vm, namespace: "shop" }), []), []);
  assert.deepEqual(denied(service({ ...vm, namespace: "pay" }), []), ["spec.backends[0].namespace"]);
  assert.deepEqual(denied(service({ ...vm, namespace: "pay" }), [platforms]), []);
  assert.deepEqual(denied(service({ ...vm, namespace: "bank" }), [platforms]), ["spec.backends[0].namespace"]);
  const stranger = userNamed("stranger");
  assert.deepEqual(
    checkReferences(readyMadePolicy(), stranger, undefined, service(vm)).map(({ problem }) => problem.code),
    ["LB7203"],
  );
});

test("what an object had before isn't asked for again, nor is a part of it", () => {
  const given = { parentRefs: [EDGE], hostnames: ["*.shop.example.com"] };
  const before = route(given);
  assert.deepEqual(denied(route(given, "shop", { edited: "yes" }), [], before), []);
  assert.deepEqual(denied(route({ parentRefs: [SECURE], hostnames: ["a.shop.example.com"] }), [], before), []);
  assert.deepEqual(denied(route({ ...given, hostnames: ["*.shop.example.com", "pay.example.com"] }), [], before), [
    "spec.hostnames[1]",
  ]);
  assert.deepEqual(denied(route({ parentRefs: [EDGE] }), [], before), ["spec.hostnames"], "all hosts are more");
  const narrow = route({ parentRefs: [SECURE], hostnames: ["a.shop.example.com"] });
  assert.deepEqual(denied(before, [], narrow), ["spec.parentRefs[0]", "spec.hostnames[0]"]);
});

test("an operator may refer to everything", () => {
  const policy = readyMadePolicy();
  const operator = userNamed("operator");
  const objects = [
    route({ parentRefs: [EDGE], useDefaultGateways: "All" }),
    service({ name: "vm", platform: "datacenter", namespace: "pay" }),
  ];
  for (const object of objects) assert.deepEqual(checkReferences(policy, operator, undefined, object), []);
});

test("references that others than the API's administrators allow aren't asked for", () => {
  const backendRefs = [{ name: "cart", namespace: "pay", port: 80 }];
  const references = newReferences(undefined, route({ hostnames: ["a.com"], rules: [{ backendRefs }] }));
  assert.deepEqual(
    references.map(({ path }) => path),
    ["spec.hostnames[0]"],
  );
});

test("a refusal says what is missing, and the Role that it offers gives it", () => {
  const policy = readyMadePolicy();
  const after = route({ parentRefs: [SECURE, { ...EDGE, name: "inner" }], hostnames: ["a.shop.example.com"] });
  const refused = checkReferences(policy, TEAM, undefined, after);
  const [listener, , host] = refused.map(({ problem }) => problem);
  assert.equal(listener?.code, "LB7201");
  assert.equal(listener?.message, `the listener "https" of Gateway infra/edge isn't given to "team" in namespace shop`);
  assert.equal(host?.code, "LB7202");
  assert.equal(
    host?.hint,
    'Ask an administrator for a Role in namespace shop with the rule { apiGroups: ["landbridge.dev"], ' +
      'resources: ["hostnames"], resourceNames: ["a.shop.example.com"], verbs: ["use"] }; ' +
      '"*.shop.example.com" would do too.',
  );
  const role = readRbac(roleGiving(refused, "for-team", "shop"));
  assert.ok("rules" in role);
  give(policy, "team", "shop", role.rules ?? []);
  assert.deepEqual(checkReferences(policy, TEAM, undefined, after), []);
});

test("a team can't give itself what it lacks", () => {
  const policy = readyMadePolicy();
  for (const resource of ["roles", "rolebindings"]) {
    for (const verb of ["create", "update", "patch", "bind", "escalate"]) {
      const request = {
        kind: "resource",
        verb,
        group: "rbac.authorization.k8s.io",
        resource,
        subresource: "",
        namespace: "shop",
        name: "x",
      } as const;
      assert.ok(!policy.authorize(TEAM, request).allowed, `${verb} ${resource}`);
    }
  }
});
