/** Nobody gives what they don't hold. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { RbacBinding, RbacRole, RbacRule } from "../../../src/access/policy.ts";
import { AccessPolicy } from "../../../src/access/rbac/access-policy.ts";
import { missingToGrant, missingToIssue, missingToWrite } from "../../../src/access/rbac/escalation.ts";
import type { User } from "../../../src/access/user.ts";
import { plainlyAllows, requestsIn, rules } from "../../support/rbac-arbitraries.ts";

const ANN: User = { name: "ann", groups: ["team", "system:authenticated"], credential: { kind: "bootstrap" } };
const MASTER: User = { ...ANN, groups: ["system:masters"] };
const RBAC = "rbac.authorization.k8s.io";
const EVERYTHING: readonly RbacRule[] = [
  { verbs: ["*"], apiGroups: ["*"], resources: ["*"] },
  { verbs: ["*"], nonResourceURLs: ["*"] },
];

/** A policy by which ann holds these rules in a namespace, "" for everywhere. */
function holding(held: readonly RbacRule[], namespace = ""): AccessPolicy {
  const policy = new AccessPolicy();
  policy.set({ kind: "ClusterRole", metadata: { name: "held" }, rules: held });
  policy.set({
    kind: namespace === "" ? "ClusterRoleBinding" : "RoleBinding",
    metadata: { name: "held", namespace },
    roleRef: { kind: "ClusterRole", name: "held" },
    subjects: [{ kind: "User", name: "ann" }],
  });
  return policy;
}

test("rules may be given exactly when they allow nothing that their giver may not", () => {
  const count = { may: 0, mayNot: 0 };
  const requests = requestsIn("");
  fc.assert(
    fc.property(rules, rules, (held, wanted) => {
      const escapes = requests.filter(
        (request) =>
          wanted.some((rule) => plainlyAllows(rule, request)) && !held.some((rule) => plainlyAllows(rule, request)),
      );
      const missing = missingToGrant(holding(held), ANN, wanted, "");
      assert.equal(missing.length > 0, escapes.length > 0, `${missing} / ${JSON.stringify(escapes[0])}`);
      if (wanted.length > 0) count[missing.length > 0 ? "mayNot" : "may"]++;
    }),
    { numRuns: 3000 },
  );
  assert.ok(count.may > 50 && count.mayNot > 50, JSON.stringify(count));
});

test("what is missing is said by object, with its verbs, and without what is held", () => {
  const policy = holding([{ verbs: ["get", "list"], apiGroups: [""], resources: ["secrets", "services"] }]);
  const wanted: RbacRule[] = [
    { verbs: ["get", "update", "create"], apiGroups: ["", "apps"], resources: ["secrets"] },
    { verbs: ["get"], apiGroups: [""], resources: ["pods"], resourceNames: ["a"] },
    { verbs: ["get"], nonResourceURLs: ["/metrics"] },
  ];
  assert.deepEqual(missingToGrant(policy, ANN, wanted, ""), [
    'create, get, update on "secrets" in API group "apps"',
    'create, update on "secrets" in API group ""',
    'get on "pods" in API group "" named "a"',
    'get on path "/metrics"',
  ]);
});

test("several rules together cover one that none of them covers alone", () => {
  const policy = holding([
    { verbs: ["get"], apiGroups: [""], resources: ["pods"] },
    { verbs: ["list"], apiGroups: [""], resources: ["*"] },
  ]);
  assert.deepEqual(
    missingToGrant(policy, ANN, [{ verbs: ["get", "list"], apiGroups: [""], resources: ["pods"] }], ""),
    [],
  );
});

test("a rule that stands for billions of rights is refused at once, unless it is held as it is", () => {
  const many = (prefix: string) => Array.from({ length: 10_000 }, (_, index) => `${prefix}${index}`);
  const wanted: RbacRule = { verbs: many("v"), apiGroups: many("g"), resources: many("r"), resourceNames: many("n") };
  const [line = ""] = missingToGrant(holding([]), ANN, [wanted], "");
  assert.match(line, /more than 50000 single rights/);
  assert.deepEqual(missingToGrant(holding(EVERYTHING), ANN, [wanted], ""), []);
});

test("what is held in one namespace can be given there and nowhere else", () => {
  const rule = { verbs: ["get"], apiGroups: [""], resources: ["pods"] };
  const policy = holding([rule], "shop");
  assert.deepEqual(missingToGrant(policy, ANN, [rule], "shop"), []);
  assert.equal(missingToGrant(policy, ANN, [rule], "pay").length, 1);
  assert.equal(missingToGrant(policy, ANN, [rule], "").length, 1);
});

const secrets: RbacRule = { verbs: ["get"], apiGroups: [""], resources: ["secrets"] };
const role = (rules: readonly RbacRule[], more: Partial<RbacRole> = {}): RbacRole => ({
  kind: "Role",
  metadata: { name: "new", namespace: "shop" },
  rules,
  ...more,
});

test("a role needs all of its rules, or the verb escalate on it", () => {
  assert.deepEqual(missingToWrite(holding([secrets], "shop"), ANN, undefined, role([secrets])), []);
  assert.equal(missingToWrite(holding([]), ANN, undefined, role([secrets])).length, 1);
  assert.deepEqual(missingToWrite(holding([]), MASTER, undefined, role([secrets])), []);
  const escalate = (resourceNames: string[]) =>
    holding([{ verbs: ["escalate"], apiGroups: [RBAC], resources: ["roles"], resourceNames }], "shop");
  assert.deepEqual(missingToWrite(escalate([]), ANN, undefined, role([secrets])), []);
  assert.deepEqual(missingToWrite(escalate(["new"]), ANN, role([]), role([secrets])), []);
  assert.equal(missingToWrite(escalate(["new"]), ANN, undefined, role([secrets])).length, 1, "it has no name yet");
  assert.equal(missingToWrite(escalate(["other"]), ANN, role([]), role([secrets])).length, 1);
});

test("a change of a label needs the role's rules too: an aggregated role may choose by it", () => {
  const labelled = role([secrets], { kind: "ClusterRole", metadata: { name: "new", labels: { aggregate: "yes" } } });
  const before = { ...labelled, metadata: { name: "new" } };
  assert.equal(missingToWrite(holding([]), ANN, before, labelled).length, 1);
});

test("an aggregated role is for those who hold everything: what it will gather isn't known", () => {
  const aggregated = role([], { kind: "ClusterRole", aggregationRule: { clusterRoleSelectors: [{}] } });
  assert.ok(missingToWrite(holding([secrets]), ANN, undefined, aggregated).length > 0);
  assert.ok(missingToWrite(holding([secrets]), ANN, aggregated, role([], { kind: "ClusterRole" })).length > 0);
  assert.deepEqual(missingToWrite(holding(EVERYTHING), ANN, undefined, aggregated), []);
});

test("a binding needs all rules of its role, or the verb bind on it", () => {
  const binding = (namespace: string, name: string): RbacBinding => ({
    kind: namespace === "" ? "ClusterRoleBinding" : "RoleBinding",
    metadata: { name: "b", namespace },
    roleRef: { kind: "ClusterRole", name },
    subjects: [{ kind: "User", name: "bob" }],
  });
  const missing = (policy: AccessPolicy, namespace: string, name: string) => {
    policy.set({ kind: "ClusterRole", metadata: { name: "reads-secrets" }, rules: [secrets] });
    return missingToWrite(policy, ANN, undefined, binding(namespace, name));
  };
  const bind: RbacRule = {
    verbs: ["bind"],
    apiGroups: [RBAC],
    resources: ["clusterroles"],
    resourceNames: ["reads-secrets"],
  };
  assert.deepEqual(missing(holding([secrets], "shop"), "shop", "reads-secrets"), []);
  assert.equal(missing(holding([secrets], "shop"), "", "reads-secrets").length, 1);
  assert.equal(missing(holding([]), "shop", "reads-secrets").length, 1);
  assert.deepEqual(missing(holding([bind], "shop"), "shop", "reads-secrets"), []);
  assert.equal(missing(holding([bind], "shop"), "", "reads-secrets").length, 1, "bind holds in its namespace");
  assert.deepEqual(missing(holding([bind]), "", "reads-secrets"), []);
  assert.match(missing(holding([bind, secrets]), "shop", "absent")[0] ?? "", /doesn't exist/);
});

test("a binding to an aggregated role needs what that gathers", () => {
  const policy = holding([]);
  policy.set(role([secrets], { kind: "ClusterRole", metadata: { name: "part", labels: { a: "b" } } }));
  policy.set({
    kind: "ClusterRole",
    metadata: { name: "all" },
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: "b" } }] },
  });
  const binding: RbacBinding = {
    kind: "RoleBinding",
    metadata: { name: "b", namespace: "shop" },
    roleRef: { kind: "ClusterRole", name: "all" },
  };
  assert.equal(missingToWrite(policy, ANN, undefined, binding).length, 1);
});

test("a credential for somebody else, or for a group that one isn't in, needs impersonate", () => {
  const nobody = holding([]);
  assert.deepEqual(missingToIssue(nobody, ANN, { user: "ann", groups: ["team"] }), []);
  assert.equal(missingToIssue(nobody, ANN, { user: "ann", groups: ["system:masters"] }).length, 1);
  assert.equal(missingToIssue(nobody, ANN, { user: "bob", groups: ["team", "ops"] }).length, 2);
  const impersonate = (resource: string, name: string): RbacRule => ({
    verbs: ["impersonate"],
    apiGroups: [""],
    resources: [resource],
    resourceNames: [name],
  });
  const some = holding([impersonate("users", "bob"), impersonate("groups", "ops")]);
  assert.deepEqual(missingToIssue(some, ANN, { user: "bob", groups: ["ops"] }), []);
  assert.equal(missingToIssue(some, ANN, { user: "ops", groups: ["bob"] }).length, 2);
  assert.deepEqual(missingToIssue(nobody, MASTER, { user: "bob", groups: ["system:masters"] }), []);
});
