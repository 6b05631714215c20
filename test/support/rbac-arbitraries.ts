/** Random RBAC objects and requests over few values, so that they meet often; and the plain reading of Kubernetes' rules. */
import fc from "fast-check";
import type { RbacBinding, RbacObject, RbacRole, RbacRule, RbacSubject } from "../../src/access/policy.ts";
import type { Attributes, User } from "../../src/access/user.ts";

const NAMESPACES = ["shop", "pay"];
const LABELS = ["red", "blue"];
const VERBS = ["get", "list", "*"];
const GROUPS = ["", "apps", "*"];
const RESOURCES = ["pods", "pods/log", "pods/*", "*/log", "services", "*"];
const PATHS = ["/api", "/api/*", "/api*", "/metrics", "*"];

const some = <T>(values: readonly T[], min = 1) => fc.subarray([...values], { minLength: min, maxLength: 2 });

const resourceRule: fc.Arbitrary<RbacRule> = fc.record({
  verbs: some(VERBS),
  apiGroups: some(GROUPS),
  resources: some(RESOURCES),
  resourceNames: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, some(["a", "b"])),
});
const pathRule: fc.Arbitrary<RbacRule> = fc.record({ verbs: some(VERBS), nonResourceURLs: some(PATHS) });
export const rule: fc.Arbitrary<RbacRule> = fc.oneof({ weight: 3, arbitrary: resourceRule }, pathRule);
export const rules: fc.Arbitrary<RbacRule[]> = fc.array(rule, { maxLength: 3 });

const roleName = fc.constantFrom("r1", "r2");
const labels = fc.dictionary(fc.constant("colour"), fc.constantFrom(...LABELS), { maxKeys: 1 });
const selector = fc.oneof(
  fc.constantFrom(...LABELS).map((colour) => ({ matchLabels: { colour } })),
  fc.constant({ matchExpressions: [{ key: "colour", operator: "Exists" as const }] }),
  fc.constant({}),
);

const role: fc.Arbitrary<RbacRole> = fc
  .record({
    name: roleName,
    namespace: fc.constantFrom("", "", ...NAMESPACES),
    labels,
    rules,
    selectors: fc.option(fc.array(selector, { minLength: 1, maxLength: 2 })),
  })
  .map(({ name, namespace, labels, rules, selectors }) => ({
    kind: namespace === "" ? ("ClusterRole" as const) : ("Role" as const),
    metadata: { name, namespace, labels },
    rules,
    ...(namespace === "" && selectors ? { aggregationRule: { clusterRoleSelectors: selectors } } : {}),
  }));

const subject: fc.Arbitrary<RbacSubject> = fc.oneof(
  fc.record({ kind: fc.constant("User"), name: fc.constantFrom("ann", "bob", "system:serviceaccount:shop:bot") }),
  fc.record({ kind: fc.constant("Group"), name: fc.constantFrom("ann", "team", "ops") }),
  fc.record({
    kind: fc.constant("ServiceAccount"),
    name: fc.constant("bot"),
    namespace: fc.constantFrom(undefined, "", ...NAMESPACES),
  }),
  fc.record({ kind: fc.constant("Robot"), name: fc.constant("ann") }),
);

const binding: fc.Arbitrary<RbacBinding> = fc
  .record({
    name: fc.constantFrom("b1", "b2", "b3"),
    namespace: fc.constantFrom("", ...NAMESPACES),
    subjects: fc.array(subject, { minLength: 1, maxLength: 4 }),
    roleRef: fc.record({ kind: fc.constantFrom("Role", "ClusterRole"), name: roleName }),
  })
  .map(({ name, namespace, ...rest }) => ({
    kind: namespace === "" ? ("ClusterRoleBinding" as const) : ("RoleBinding" as const),
    metadata: { name, namespace },
    ...rest,
  }));

export const rbacObject: fc.Arbitrary<RbacObject> = fc.oneof(role, binding);

export const user: fc.Arbitrary<User> = fc.record({
  name: fc.constantFrom("ann", "bob", "system:serviceaccount:shop:bot", "system:serviceaccount:pay:bot"),
  groups: fc.subarray(["team", "ops", "system:authenticated"]),
  credential: fc.constant({ kind: "bootstrap" as const }),
});

/** Besides the names that rules have, one of each kind that no rule names: it stands for all others. */
const REQUESTS: readonly Attributes[] = [
  ...["get", "list", "other"].flatMap((verb) => [
    ...["", "apps", "other"].flatMap((group) =>
      [
        ["pods", ""],
        ["pods", "log"],
        ["services", ""],
        ["services", "log"],
        ["other", ""],
        ["other", "log"],
        ["pods", "other"],
        ["pods", "*"],
        ["other", "other"],
      ].flatMap(([resource = "", subresource = ""]) =>
        ["", "a", "b", "other"].map(
          (name): Attributes => ({ kind: "resource", verb, group, resource, subresource, namespace: "", name }),
        ),
      ),
    ),
    ...["/api", "/api/v1", "/apis", "/metrics", "/other", "other"].map(
      (path): Attributes => ({ kind: "path", verb, path }),
    ),
  ]),
];

export function requestsIn(namespace: string): readonly Attributes[] {
  return REQUESTS.map((request) => (request.kind === "resource" ? { ...request, namespace } : request));
}

/** One rule and one request, spelled out as the documentation has it. */
export function plainlyAllows(rule: RbacRule, request: Attributes): boolean {
  if (!rule.verbs.some((verb) => verb === "*" || verb === request.verb)) return false;
  if (request.kind === "path") {
    return (rule.nonResourceURLs ?? []).some((url) => {
      if (!url.endsWith("*")) return url === request.path;
      let prefix = url;
      while (prefix.endsWith("*")) prefix = prefix.slice(0, -1);
      return request.path.startsWith(prefix);
    });
  }
  const { group, resource, subresource, name } = request;
  const wanted = subresource ? [`${resource}/${subresource}`, `*/${subresource}`, "*"] : [resource, "*"];
  return (
    (rule.apiGroups ?? []).some((listed) => listed === "*" || listed === group) &&
    (rule.resources ?? []).some((listed) => wanted.includes(listed)) &&
    (!rule.resourceNames?.length || rule.resourceNames.includes(name))
  );
}

/** All of the estate is looked at for each question. */
export function plainlyAuthorizes(objects: readonly RbacObject[], user: User, request: Attributes): boolean {
  if (user.groups.includes("system:masters")) return true;
  return plainRules(objects, user, request.kind === "resource" ? request.namespace : "").some((rule) =>
    plainlyAllows(rule, request),
  );
}

export function plainRules(objects: readonly RbacObject[], user: User, namespace: string): RbacRule[] {
  const roles = objects.filter((object): object is RbacRole => object.kind === "Role" || object.kind === "ClusterRole");
  const bindings = objects.filter(
    (object): object is RbacBinding => object.kind === "RoleBinding" || object.kind === "ClusterRoleBinding",
  );
  return bindings
    .filter(
      ({ kind, metadata }) => kind === "ClusterRoleBinding" || (namespace !== "" && metadata.namespace === namespace),
    )
    .filter(({ subjects = [], metadata }) =>
      subjects.some(({ kind, name, namespace: home }) => {
        if (kind === "User") return name === user.name;
        if (kind === "Group") return user.groups.includes(name);
        const account = `system:serviceaccount:${home || metadata.namespace}:${name}`;
        return kind === "ServiceAccount" && !!(home || metadata.namespace) && account === user.name;
      }),
    )
    .flatMap(({ roleRef, kind, metadata }) => {
      const found = roles.find(
        (candidate) =>
          candidate.kind === roleRef.kind &&
          candidate.metadata.name === roleRef.name &&
          (candidate.kind === "ClusterRole" ||
            (kind === "RoleBinding" && candidate.metadata.namespace === metadata.namespace)),
      );
      return found ? plainRulesOf(roles, found) : [];
    });
}

function plainRulesOf(roles: readonly RbacRole[], role: RbacRole, seen: readonly RbacRole[] = []): readonly RbacRule[] {
  const selectors = role.aggregationRule?.clusterRoleSelectors;
  if (!selectors) return role.rules ?? [];
  return roles
    .filter((other) => other.kind === "ClusterRole" && other !== role && !seen.includes(other))
    .filter(({ metadata: { labels = {} } }) =>
      selectors.some(
        ({ matchLabels = {}, matchExpressions = [] }) =>
          (matchLabels.colour === undefined || labels.colour === matchLabels.colour) &&
          (matchExpressions.length === 0 || labels.colour !== undefined),
      ),
    )
    .flatMap((other) => plainRulesOf(roles, other, [...seen, role]));
}
