/** What the right to write a kind doesn't include by itself: referring to what is others', and giving rights away. */

import type { RbacObject } from "../../access/policy.ts";
import { type AccessPolicy, isMaster } from "../../access/rbac/access-policy.ts";
import { missingToIssue, missingToWrite } from "../../access/rbac/escalation.ts";
import { checkReferences } from "../../access/reference-check.ts";
import type { User } from "../../access/user.ts";
import type { KindDefinition } from "../../model/kind-definition.ts";
import type { AnyResource } from "../../model/kinds.ts";
import { resourceOf } from "../resources/resource-name.ts";
import { forbidden } from "../status/failures.ts";
import type { Status } from "../status/status.ts";

export function writeGate(policy: AccessPolicy, user: User, definition: KindDefinition) {
  return (beforeOf: () => AnyResource | undefined, after: AnyResource): Status | undefined => {
    if (isMaster(user)) return undefined;
    const before = beforeOf();
    const { name } = after.metadata;
    const missing = missingRights(policy, user, before, after);
    if (missing.length > 0)
      return forbidden(
        resourceOf(definition),
        name,
        `user ${JSON.stringify(user.name)} is attempting to grant rights not currently held: ${missing.join("; ")}`,
      );
    const denied = checkReferences(policy, user, before, after);
    if (denied.length === 0) return undefined;
    const sentences = denied.map(
      ({ problem: { path, message, code, hint } }) => `${path}: ${message} (${code}).${hint ? ` ${hint}` : ""}`,
    );
    return forbidden(resourceOf(definition), name, sentences.join(" "));
  };
}

function missingRights(
  policy: AccessPolicy,
  user: User,
  before: AnyResource | undefined,
  after: AnyResource,
): readonly string[] {
  switch (after.kind) {
    case "Role":
    case "ClusterRole":
    case "RoleBinding":
    case "ClusterRoleBinding":
      return missingToWrite(policy, user, before?.kind === after.kind ? (before as RbacObject) : undefined, after);
    case "AccessToken":
      return missingToIssue(policy, user, after.spec);
    default:
      return [];
  }
}
