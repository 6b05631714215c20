import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatPath } from "../../../src/model/mistake.ts";
import { checkObjectName } from "../../../src/model/object-name.ts";
import { readObject } from "../../../src/model/object-reader.ts";

const RBAC = "rbac.authorization.k8s.io";
const RULE = { verbs: ["get"], apiGroups: [""], resources: ["services"] };

function read(kind: string, fields: Readonly<Record<string, unknown>>, name = "x") {
  return readObject({ apiVersion: `${RBAC}/v1`, kind, metadata: { name }, ...fields });
}

/** "rules[0].verbs LB1103" for each thing that is wrong. */
function faults(kind: string, fields: Readonly<Record<string, unknown>>, name?: string): string[] {
  return read(kind, fields, name).findings.map(({ path, code }) => `${formatPath(path)} ${code}`);
}

const subjects = (...list: readonly unknown[]) => ({ subjects: list, roleRef: { kind: "ClusterRole", name: "r" } });

describe("RBAC objects", () => {
  it("have names that can be one element of a path", () => {
    for (const name of ["landbridge:team", "system:node", "a b", "Ä", "...", ".a", "..a", "a".repeat(253)]) {
      assert.deepEqual(faults("ClusterRole", { rules: [] }, name), [], name);
    }
    for (const name of ["", ".", "..", "a/b", "/", "a%2fb", "a\nb", "a\0", "a\r", "a".repeat(254)]) {
      assert.deepEqual(faults("ClusterRole", { rules: [] }, name), ["metadata.name LB1201"], JSON.stringify(name));
    }
    assert.equal(checkObjectName("landbridge:team", "subdomain")?.code, "LB1201");
  });

  it("may be without rules and without subjects", () => {
    for (const kind of ["Role", "ClusterRole"]) assert.deepEqual(faults(kind, {}), []);
    assert.deepEqual(faults("RoleBinding", { roleRef: { kind: "Role", name: "r" } }), []);
  });

  it("have rules with verbs, groups and resources", () => {
    for (const kind of ["Role", "ClusterRole"]) {
      assert.deepEqual(faults(kind, { rules: [RULE, { ...RULE, resourceNames: ["a"] }] }), []);
      assert.deepEqual(faults(kind, { rules: [{ apiGroups: [""], resources: ["*"] }] }), ["rules[0].verbs LB1103"]);
      assert.deepEqual(faults(kind, { rules: [{ ...RULE, verbs: [] }] }), ["rules[0].verbs LB1107"]);
      assert.deepEqual(faults(kind, { rules: [RULE, { verbs: ["*"] }] }), [
        "rules[1].apiGroups LB1103",
        "rules[1].resources LB1103",
      ]);
    }
  });

  it("allow paths in ClusterRoles only, and never together with resources", () => {
    const paths = { verbs: ["get"], nonResourceURLs: ["/metrics"] };
    assert.deepEqual(faults("ClusterRole", { rules: [paths] }), []);
    assert.deepEqual(faults("Role", { rules: [paths] }), ["rules[0].nonResourceURLs LB1370"]);
    assert.deepEqual(faults("ClusterRole", { rules: [{ ...RULE, ...paths }] }), ["rules[0].nonResourceURLs LB1371"]);
  });

  it("aggregate by label selectors that hold", () => {
    const aggregated = (...selectors: readonly unknown[]) => ({ aggregationRule: { clusterRoleSelectors: selectors } });
    assert.deepEqual(faults("ClusterRole", aggregated({ matchLabels: { "landbridge.dev/team": "true" } })), []);
    assert.deepEqual(faults("ClusterRole", aggregated()), ["aggregationRule.clusterRoleSelectors LB1107"]);
    const expressions = [
      { key: "a", operator: "In" },
      { key: "a", operator: "Exists", values: ["b"] },
      { key: "a/b/c", operator: "In", values: ["b", "-"] },
    ];
    assert.deepEqual(
      faults("ClusterRole", aggregated({ matchLabels: { "-": "a" } }, { matchExpressions: expressions })),
      [
        "aggregationRule.clusterRoleSelectors[0].matchLabels.- LB1211",
        "aggregationRule.clusterRoleSelectors[1].matchExpressions[0].values LB1103",
        "aggregationRule.clusterRoleSelectors[1].matchExpressions[1].values LB1107",
        "aggregationRule.clusterRoleSelectors[1].matchExpressions[2].key LB1211",
        "aggregationRule.clusterRoleSelectors[1].matchExpressions[2].values[1] LB1211",
      ],
    );
    assert.deepEqual(faults("Role", aggregated({})), ["aggregationRule LB1101"]);
  });

  it("refer to a Role from a RoleBinding only", () => {
    const roleRef = (kind: string, apiGroup?: string) => ({
      roleRef: { kind, name: "a:b", ...(apiGroup && { apiGroup }) },
    });
    for (const kind of ["Role", "ClusterRole"]) assert.deepEqual(faults("RoleBinding", roleRef(kind, RBAC)), []);
    assert.deepEqual(faults("ClusterRoleBinding", roleRef("ClusterRole")), []);
    assert.deepEqual(faults("ClusterRoleBinding", roleRef("Role")), ["roleRef.kind LB1104"]);
    assert.deepEqual(faults("RoleBinding", roleRef("User")), ["roleRef.kind LB1104"]);
    assert.deepEqual(faults("RoleBinding", roleRef("Role", "example.com")), ["roleRef.apiGroup LB1104"]);
    assert.deepEqual(faults("RoleBinding", {}), ["roleRef LB1103"]);
    assert.deepEqual(faults("RoleBinding", { roleRef: { kind: "Role", name: "a/b" } }), ["roleRef.name LB1201"]);
  });

  it("fill in the API group that a subject's kind has", () => {
    const list = [
      { kind: "User", name: "ann@example.com" },
      { kind: "Group", name: "a" },
      { kind: "ServiceAccount", name: "s", namespace: "n" },
    ];
    for (const kind of ["RoleBinding", "ClusterRoleBinding"]) {
      const { resource } = read(kind, subjects(...list));
      assert.ok(resource?.kind === "RoleBinding" || resource?.kind === "ClusterRoleBinding");
      assert.deepEqual(
        resource.subjects.map(({ apiGroup }) => apiGroup),
        [RBAC, RBAC, ""],
      );
      assert.equal(resource.roleRef.apiGroup, RBAC);
    }
  });

  it("have subjects as Kubernetes wants them", () => {
    const check = (kind: string, subject: unknown) => faults(kind, subjects(subject));
    assert.deepEqual(check("RoleBinding", { kind: "Robot", name: "a" }), ["subjects[0].kind LB1104"]);
    assert.deepEqual(check("RoleBinding", { kind: "User", name: "" }), ["subjects[0].name LB1106"]);
    assert.deepEqual(check("RoleBinding", { kind: "User", name: "a", apiGroup: "v1" }), [
      "subjects[0].apiGroup LB1104",
    ]);
    const account = { kind: "ServiceAccount", name: "builder" };
    assert.deepEqual(check("RoleBinding", account), []);
    assert.deepEqual(check("RoleBinding", { ...account, apiGroup: RBAC }), ["subjects[0].apiGroup LB1104"]);
    assert.deepEqual(check("RoleBinding", { ...account, name: "a:b" }), ["subjects[0].name LB1201"]);
    assert.deepEqual(check("ClusterRoleBinding", account), ["subjects[0].namespace LB1103"]);
  });
});

describe("access tokens", () => {
  const token = (spec: Readonly<Record<string, unknown>>) =>
    readObject({ apiVersion: "landbridge.dev/v1alpha1", kind: "AccessToken", metadata: { name: "ci" }, spec });

  it("name a user, and hold a hash and never the token", () => {
    const { resource } = token({
      user: "ann@example.com",
      hash: "0f".repeat(32),
      expirationTimestamp: "2026-01-31T12:00:00Z",
    });
    assert.ok(resource?.kind === "AccessToken");
    assert.deepEqual(resource.spec.groups, []);
    for (const [field, value] of [
      ["user", ""],
      ["user", "a\r\nb"],
      ["groups", ["a", ""]],
      ["hash", "0F".repeat(32)],
      ["hash", "secret"],
      ["expirationTimestamp", "tomorrow"],
      ["token", "secret"],
    ] as const) {
      const { findings } = token({ user: "ann", [field]: value });
      assert.equal(findings.length, 1, field);
      assert.equal(findings[0]?.path[1], field);
      if (field === "hash") assert.doesNotMatch(JSON.stringify(findings), /secret/);
    }
  });
});
