/**
 * Nobody gives what they don't hold: what stands between a user and a change of RBAC objects or an AccessToken, beyond
 * the right to write such objects at all. Each function returns what is missing, in words; nothing: go ahead.
 *
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping
 */
import { RBAC_GROUP } from "../../model/kind-definition.ts";
import { isRole, type RbacBinding, type RbacObject, type RbacRole, type RbacRule } from "../policy.ts";
import type { ResourceAttributes, User } from "../user.ts";
import { type AccessPolicy, EVERYTHING, isMaster } from "./access-policy.ts";
import { MAX_SINGLE_RIGHTS, uncovered } from "./covering.ts";
import { describeRights } from "./right-words.ts";

/**
 * What of these rules the user doesn't hold.
 *
 * @param namespace where the rules would take effect; "" for everywhere
 */
export function missingToGrant(
  policy: AccessPolicy,
  user: User,
  rules: readonly RbacRule[],
  namespace: string,
): readonly string[] {
  if (isMaster(user)) return [];
  const result = uncovered(policy.heldRules(user, namespace), rules);
  if (result !== "too-many") return describeRights(result.missing);
  return [`a proof that you hold these rules: they stand for more than ${MAX_SINGLE_RIGHTS} single rights`];
}

/**
 * What a user lacks to create (`before` undefined) or change an RBAC object. A change that leaves the rules alone is asked
 * too: a label may be what brings them into an aggregated role. Deleting needs nothing of this.
 */
export function missingToWrite(
  policy: AccessPolicy,
  user: User,
  before: RbacObject | undefined,
  after: RbacObject,
): readonly string[] {
  if (isMaster(user)) return [];
  return isRole(after) ? missingForRole(policy, user, before, after) : missingForBinding(policy, user, after);
}

function missingForRole(
  policy: AccessPolicy,
  user: User,
  before: RbacObject | undefined,
  after: RbacRole,
): readonly string[] {
  const { name, namespace } = placeOf(after);
  const resource = after.kind === "Role" ? "roles" : "clusterroles";
  // As in Kubernetes, a role that is only being created has no name yet that a rule could be for.
  const escalate = ask("escalate", resource, namespace, before ? name : "");
  if (policy.authorize(user, escalate).allowed) return [];
  // Its selectors gather roles that don't exist yet, so nothing less than everything will do.
  const aggregates = [before, after].some((role) => role && isRole(role) && role.aggregationRule);
  return missingToGrant(policy, user, aggregates ? EVERYTHING : (after.rules ?? []), namespace);
}

function missingForBinding(policy: AccessPolicy, user: User, after: RbacBinding): readonly string[] {
  const { namespace } = placeOf(after);
  const { kind, name } = after.roleRef;
  const resource = kind === "Role" ? "roles" : "clusterroles";
  if (policy.authorize(user, ask("bind", resource, namespace, name)).allowed) return [];
  const rules = policy.rulesOfRole(after.roleRef, namespace);
  // Whoever makes the role later wouldn't know for whom.
  if (!rules) return [`bind on ${kind} ${JSON.stringify(name)}, which doesn't exist`];
  return missingToGrant(policy, user, rules, namespace);
}

/**
 * What a user lacks to make a credential (an AccessToken, a client certificate) for somebody. One's own name with groups
 * that one is in needs nothing; others need `impersonate` on the user and on each group, as Kubernetes asks of those who
 * act for others.
 *
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/
 */
export function missingToIssue(
  policy: AccessPolicy,
  user: User,
  holder: { readonly user: string; readonly groups?: readonly string[] | undefined },
): readonly string[] {
  const may = (resource: string, name: string) =>
    policy.authorize(user, { ...ask("impersonate", resource, "", name), group: "" }).allowed;
  const groups = (holder.groups ?? []).filter((group) => !user.groups.includes(group) && !may("groups", group));
  const named = holder.user === user.name || may("users", holder.user) ? [] : [holder.user];
  return [
    ...named.map((name) => `impersonate on "users" in API group "" named ${JSON.stringify(name)}`),
    ...groups.map((name) => `impersonate on "groups" in API group "" named ${JSON.stringify(name)}`),
  ];
}

function placeOf({ metadata: { name, namespace = "" } }: RbacObject) {
  return { name, namespace };
}

function ask(verb: string, resource: string, namespace: string, name: string): ResourceAttributes {
  return { kind: "resource", verb, group: RBAC_GROUP, resource, subresource: "", namespace, name };
}
