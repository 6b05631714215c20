/** Policies of the ready-made roles, read by the model as the API reads them. */
import assert from "node:assert/strict";
import { isRole, type RbacBinding, type RbacObject, type RbacRule } from "../../src/access/policy.ts";
import { AccessPolicy } from "../../src/access/rbac/access-policy.ts";
import { READY_MADE_BINDINGS, READY_MADE_ROLES } from "../../src/access/ready-made.ts";
import type { User } from "../../src/access/user.ts";
import type { AnyResource } from "../../src/model/kinds.ts";
import { readObject } from "../../src/model/object-reader.ts";

export function userNamed(name: string): User {
  return { name, groups: ["system:authenticated"], credential: { kind: "bootstrap" } };
}

/** The resource that the model makes of an object; fails when it finds anything wrong. */
export function read(object: object): AnyResource {
  const { resource, findings } = readObject({ ...object });
  assert.deepEqual(findings, []);
  assert.ok(resource);
  return resource;
}

export function readRbac(object: object): RbacObject {
  const resource = read(object);
  switch (resource.kind) {
    case "Role":
    case "ClusterRole":
    case "RoleBinding":
    case "ClusterRoleBinding":
      return resource;
    default:
      assert.fail(`${resource.kind} is no kind of RBAC`);
  }
}

/** The ready-made objects, and a user for each of them: viewer, operator and admin everywhere, team in `shop`. */
export function readyMadePolicy(): AccessPolicy {
  const policy = new AccessPolicy();
  for (const object of [...READY_MADE_ROLES, ...READY_MADE_BINDINGS]) policy.set(readRbac(object));
  for (const name of ["viewer", "operator", "admin"]) policy.set(bindingOf(name, ""));
  policy.set(bindingOf("team", "shop"));
  return policy;
}

/** Gives rules to a user in a namespace, by a Role and a RoleBinding. */
export function give(policy: AccessPolicy, user: string, namespace: string, rules: readonly RbacRule[]): void {
  const metadata = { name: `for-${user}`, namespace };
  policy.set({ kind: "Role", metadata, rules });
  policy.set({
    kind: "RoleBinding",
    metadata,
    roleRef: { kind: "Role", name: metadata.name },
    subjects: [{ kind: "User", name: user }],
  });
}

function bindingOf(name: string, namespace: string): RbacBinding {
  const binding = readRbac({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: namespace === "" ? "ClusterRoleBinding" : "RoleBinding",
    metadata: { name, ...(namespace === "" ? {} : { namespace }) },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: `landbridge:${name}` },
    subjects: [{ kind: "User", apiGroup: "rbac.authorization.k8s.io", name }],
  });
  assert.ok(!isRole(binding));
  return binding;
}
