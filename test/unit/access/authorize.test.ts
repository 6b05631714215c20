/** Decisions that Kubernetes' own tables and documentation have, one promise each. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { RbacBinding, RbacObject, RbacRole, RbacRule } from "../../../src/access/policy.ts";
import { AccessPolicy } from "../../../src/access/rbac/access-policy.ts";
import { ruleAllows } from "../../../src/access/rbac/rule-matching.ts";
import type { Attributes, User } from "../../../src/access/user.ts";

const USER: User = { name: "ann", groups: ["team", "system:authenticated"], credential: { kind: "bootstrap" } };

function ask(verb: string, path: string, { group = "", namespace = "", name = "" } = {}): Attributes {
  const [resource = "", subresource = ""] = path.split("/");
  return { kind: "resource", verb, group, resource, subresource, namespace, name };
}

function clusterRole(name: string, rules: readonly RbacRule[], more: Partial<RbacRole> = {}): RbacRole {
  return { kind: "ClusterRole", metadata: { name }, rules, ...more };
}

function bind(
  namespace: string,
  roleRef: RbacBinding["roleRef"],
  ...subjects: NonNullable<RbacBinding["subjects"]>
): RbacBinding {
  const kind = namespace === "" ? "ClusterRoleBinding" : "RoleBinding";
  return { kind, metadata: { name: "bound", namespace }, roleRef, subjects };
}

function policyOf(...objects: readonly RbacObject[]): AccessPolicy {
  const policy = new AccessPolicy();
  for (const object of objects) policy.set(object);
  return policy;
}

const READ_PODS: RbacRule = { verbs: ["get"], apiGroups: [""], resources: ["pods"] };
const READER = { kind: "ClusterRole", name: "reader" };
const ANN = { kind: "User", name: "ann" };

test("a rule names a resource with or without its subresources as Kubernetes reads it", () => {
  const allows = (resources: string[], path: string) =>
    ruleAllows({ verbs: ["get"], apiGroups: [""], resources }, ask("get", path));
  assert.ok(allows(["pods"], "pods"));
  assert.ok(!allows(["pods"], "pods/log"), "a resource is without its subresources");
  assert.ok(allows(["pods/log"], "pods/log"));
  assert.ok(!allows(["pods/log"], "pods"));
  assert.ok(allows(["*/log"], "pods/log"));
  assert.ok(!allows(["*/log"], "pods"));
  assert.ok(!allows(["*/log"], "pods/xlog"));
  assert.ok(allows(["*"], "pods/log"), "the star is all resources and their subresources");
  assert.ok(!allows(["pods/*"], "pods/log"), "no pattern in Kubernetes");
  assert.ok(!allows(["Pods"], "pods"), "case counts");
});

test("a rule for certain names allows nothing without a name", () => {
  const rule: RbacRule = { ...READ_PODS, verbs: ["*"], resourceNames: ["a"] };
  assert.ok(ruleAllows(rule, ask("get", "pods", { name: "a" })));
  assert.ok(!ruleAllows(rule, ask("get", "pods", { name: "b" })));
  assert.ok(!ruleAllows(rule, ask("list", "pods")));
  assert.ok(!ruleAllows(rule, ask("create", "pods")));
  assert.ok(!ruleAllows({ ...rule, resourceNames: ["*"] }, ask("get", "pods", { name: "a" })), "no star in names");
});

test("a path is matched whole, or by what stands before a star at the end", () => {
  const allows = (url: string, path: string) =>
    ruleAllows({ verbs: ["get"], nonResourceURLs: [url] }, { kind: "path", verb: "get", path });
  assert.ok(allows("/apis", "/apis"));
  assert.ok(!allows("/apis", "/apis/v1"));
  assert.ok(allows("/apis/*", "/apis/v1/x"));
  assert.ok(!allows("/apis/*", "/apis"));
  assert.ok(!allows("/apis/*", "/notapis/v1"));
  assert.ok(allows("*", "/anything"));
  assert.ok(!allows("/*/v1", "/apis/v1"), "a star elsewhere is a letter");
});

test("a rule on resources says nothing of paths, and the other way round", () => {
  const all = { verbs: ["*"], apiGroups: ["*"], resources: ["*"] };
  assert.ok(!ruleAllows(all, { kind: "path", verb: "get", path: "/metrics" }));
  assert.ok(!ruleAllows({ verbs: ["*"], nonResourceURLs: ["*"] }, ask("get", "pods")));
});

test("a ClusterRole holds everywhere by a ClusterRoleBinding, and in one namespace by a RoleBinding", () => {
  const everywhere = policyOf(clusterRole("reader", [READ_PODS]), bind("", READER, ANN));
  const inShop = policyOf(clusterRole("reader", [READ_PODS]), bind("shop", READER, ANN));
  const allowed = (policy: AccessPolicy, namespace: string) =>
    policy.authorize(USER, ask("get", "pods", { namespace })).allowed;
  assert.deepEqual(
    ["", "shop", "pay"].map((namespace) => allowed(everywhere, namespace)),
    [true, true, true],
  );
  assert.deepEqual(
    ["", "shop", "pay"].map((namespace) => allowed(inShop, namespace)),
    [false, true, false],
  );
});

test("a RoleBinding gives no paths, and its role's paths don't show in a review", () => {
  const role = clusterRole("reader", [{ verbs: ["get"], nonResourceURLs: ["*"] }]);
  const policy = policyOf(role, bind("shop", READER, ANN));
  assert.ok(!policy.authorize(USER, { kind: "path", verb: "get", path: "/metrics" }).allowed);
  assert.deepEqual(policy.rulesFor(USER, "shop").nonResourceRules, []);
});

test("a Role is looked for in the namespace of its binding only, and by no ClusterRoleBinding", () => {
  const role: RbacRole = { kind: "Role", metadata: { name: "reader", namespace: "shop" }, rules: [READ_PODS] };
  const ref = { kind: "Role", name: "reader" };
  const allowed = (binding: RbacBinding, namespace: string) =>
    policyOf(role, binding).authorize(USER, ask("get", "pods", { namespace })).allowed;
  assert.ok(allowed(bind("shop", ref, ANN), "shop"));
  assert.ok(!allowed(bind("pay", ref, ANN), "pay"));
  assert.ok(!allowed(bind("", ref, ANN), "shop"));
});

test("a service account is its user name; without a namespace it is that of the RoleBinding, and nobody elsewhere", () => {
  const allowed = (namespace: string, home?: string, name = "system:serviceaccount:shop:bot") =>
    policyOf(
      clusterRole("reader", [READ_PODS]),
      bind(namespace, READER, { kind: "ServiceAccount", name: "bot", namespace: home }),
    ).authorize({ ...USER, name, groups: [] }, ask("get", "pods", { namespace: namespace || "shop" })).allowed;
  assert.ok(allowed("shop"));
  assert.ok(allowed("pay", "shop"));
  assert.ok(!allowed("pay"));
  assert.ok(!allowed(""));
  assert.ok(!allowed("", "", "system:serviceaccount::bot"), "no namespace is no part of a name");
});

test("a missing role grants nothing, and the denial names it", () => {
  const { allowed, reason } = policyOf(bind("shop", READER, ANN)).authorize(
    USER,
    ask("get", "pods", { namespace: "shop" }),
  );
  assert.ok(!allowed);
  assert.match(reason, /User "ann" cannot get resource "pods" in API group "" in the namespace "shop"/);
  assert.match(reason, /RoleBinding "shop\/bound" grants nothing, because its ClusterRole "reader" doesn't exist/);
});

test("who allowed it is named", () => {
  const policy = policyOf(clusterRole("reader", [READ_PODS]), bind("", READER, { kind: "Group", name: "team" }));
  assert.equal(
    policy.authorize(USER, ask("get", "pods")).reason,
    'allowed by ClusterRoleBinding "bound" of ClusterRole "reader" to Group "team"',
  );
});

test("members of system:masters may everything, whatever roles say", () => {
  const master: User = { ...USER, groups: ["system:masters"] };
  assert.ok(policyOf().authorize(master, ask("delete", "anything/at-all", { group: "x", namespace: "y" })).allowed);
  assert.ok(policyOf().authorize(master, { kind: "path", verb: "post", path: "/x" }).allowed);
  assert.ok(
    !policyOf().authorize({ ...USER, name: "system:masters" }, ask("get", "pods")).allowed,
    "a name isn't a group",
  );
});

test("an aggregated role follows the roles that it chooses as they come, change and go", () => {
  const label = { labels: { aggregate: "yes" } };
  const all = clusterRole("all", [{ verbs: ["*"], apiGroups: ["*"], resources: ["written"] }], {
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { aggregate: "yes" } }] },
  });
  const part = (rules: RbacRule[], labelled = true): RbacRole =>
    clusterRole("part", rules, { metadata: { name: "part", ...(labelled ? label : {}) } });
  const policy = policyOf(bind("", { kind: "ClusterRole", name: "all" }, ANN), all);
  const allowed = (path: string) => policy.authorize(USER, ask("get", path)).allowed;
  assert.ok(!allowed("written"), "rules written into it count for nothing");
  policy.set(part([READ_PODS]));
  assert.ok(allowed("pods"));
  policy.set(part([{ ...READ_PODS, resources: ["services"] }]));
  assert.ok(!allowed("pods") && allowed("services"));
  policy.set(part([READ_PODS], false));
  assert.ok(!allowed("pods"), "the label is gone");
  policy.set(part([READ_PODS]));
  policy.remove("ClusterRole//part");
  assert.ok(!allowed("pods"));
  policy.set(part([READ_PODS]));
  policy.set(clusterRole("all", []));
  assert.ok(!allowed("pods"), "it isn't aggregated any more");
  policy.set(all);
  assert.ok(allowed("pods"));
});

test("aggregated roles that choose each other end, and grant what both gather", () => {
  const choose = (name: string, wanted: string): RbacRole =>
    clusterRole(name, [], {
      metadata: { name, labels: { is: name } },
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { is: wanted } }, { matchLabels: { leaf: name } }] },
    });
  const leaf = clusterRole("leaf", [READ_PODS], { metadata: { name: "leaf", labels: { leaf: "b" } } });
  const policy = policyOf(choose("a", "b"), choose("b", "a"), leaf, bind("", { kind: "ClusterRole", name: "a" }, ANN));
  assert.ok(policy.authorize(USER, ask("get", "pods")).allowed);
  policy.remove("ClusterRole//leaf");
  assert.ok(!policy.authorize(USER, ask("get", "pods")).allowed, "a circle keeps nothing alive");
});

test("a decision looks at the bindings of the one who asks, not at those of others", () => {
  let looks = 0;
  const policy = policyOf(clusterRole("reader", [READ_PODS]));
  for (let index = 0; index < 1000; index++) {
    const binding: RbacBinding = {
      kind: "ClusterRoleBinding",
      metadata: { name: `b${index}` },
      subjects: [{ kind: "User", name: `user-${index}` }],
      get roleRef() {
        looks++;
        return READER;
      },
    };
    policy.set(binding);
  }
  assert.ok(policy.authorize({ ...USER, name: "user-7" }, ask("get", "pods")).allowed);
  assert.ok(looks <= 3, `${looks} looks at bindings`);
});
