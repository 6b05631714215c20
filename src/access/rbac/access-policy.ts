/** Who may do what: the RBAC objects of the estate, and decisions by them. */
import { type ObjectKey, parseObjectKey } from "../../model/keys.ts";
import { isRole, type RbacBinding, type RbacObject, type RbacRoleRef, type RbacRule } from "../policy.ts";
import { describeDenial } from "../request-words.ts";
import type { AccessDecision, Attributes, User } from "../user.ts";
import { BindingIndex, type BoundSubject } from "./binding-index.ts";
import { RoleTable } from "./role-table.ts";
import { ALL, ruleAllows } from "./rule-matching.ts";
import { type RulesReview, reviewRules } from "./rules-review.ts";

/** Members may everything, whatever roles say: a way in when roles are wrong. */
export const MASTERS_GROUP = "system:masters";

export const EVERYTHING: readonly RbacRule[] = [
  { verbs: [ALL], apiGroups: [ALL], resources: [ALL] },
  { verbs: [ALL], nonResourceURLs: [ALL] },
];

/**
 * Decides as Kubernetes' RBAC authorizer: rules only add up, and what no rule allows is denied. Nothing here reads a
 * clock or waits; the owner says what changes.
 *
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/
 */
export class AccessPolicy {
  readonly #roles = new RoleTable();
  readonly #bindings = new BindingIndex();

  /** Adds an object, or replaces the one of the same kind, namespace and name. */
  set(object: RbacObject): void {
    if (isRole(object)) this.#roles.set(object);
    else this.#bindings.set(object);
  }

  /** Keys of other kinds, and of objects that aren't there, change nothing. */
  remove(key: ObjectKey): void {
    const { kind, namespace, name } = parseObjectKey(key);
    if (kind === "Role" || kind === "ClusterRole") this.#roles.remove(kind, namespace, name);
    else this.#bindings.remove(key);
  }

  authorize(user: User, attributes: Attributes): AccessDecision {
    if (isMaster(user)) return { allowed: true, reason: `members of ${MASTERS_GROUP} may everything` };
    const dangling: string[] = [];
    for (const bound of this.#bindings.of(user, attributes.kind === "resource" ? attributes.namespace : "")) {
      const rules = this.#rulesOf(bound.binding);
      if (!rules) dangling.push(describeDangling(bound.binding));
      else {
        for (const rule of rules) {
          if (ruleAllows(rule, attributes)) return { allowed: true, reason: describeGrant(bound) };
        }
      }
    }
    return { allowed: false, reason: [describeDenial(user, attributes), ...dangling].join("; ") };
  }

  /** What a user may in a namespace, for SelfSubjectRulesReview. Rules on paths are those that take effect. */
  rulesFor(user: User, namespace: string): RulesReview {
    return reviewRules(this.heldRules(user, namespace), this.heldRules(user, ""));
  }

  /** All rules that apply to a user in a namespace; "" for those that apply everywhere. */
  heldRules(user: User, namespace: string): readonly RbacRule[] {
    if (isMaster(user)) return EVERYTHING;
    // By two of its groups a user may be in a binding twice.
    const bindings = new Set([...this.#bindings.of(user, namespace)].map(({ binding }) => binding));
    return [...bindings].flatMap((binding) => [...(this.#rulesOf(binding) ?? [])]);
  }

  /** What a binding in `namespace` ("" for a ClusterRoleBinding) to this role would grant; undefined: no such role. */
  rulesOfRole(ref: RbacRoleRef, namespace: string): readonly RbacRule[] | undefined {
    const rules = this.#roles.rulesOf(ref, namespace);
    return rules && [...rules];
  }

  #rulesOf({ kind, metadata, roleRef }: RbacBinding): Iterable<RbacRule> | undefined {
    return this.#roles.rulesOf(roleRef, kind === "RoleBinding" ? (metadata.namespace ?? "") : "");
  }
}

export function isMaster({ groups }: User): boolean {
  return groups.includes(MASTERS_GROUP);
}

function describeGrant({ binding, subject }: BoundSubject): string {
  const { kind, name } = binding.roleRef;
  return `allowed by ${describeBinding(binding)} of ${kind} ${JSON.stringify(name)} to ${subject.kind} ${JSON.stringify(subject.name)}`;
}

function describeDangling(binding: RbacBinding): string {
  const { kind, name } = binding.roleRef;
  return `${describeBinding(binding)} grants nothing, because its ${kind} ${JSON.stringify(name)} doesn't exist`;
}

function describeBinding({ kind, metadata }: RbacBinding): string {
  const path = kind === "RoleBinding" ? `${metadata.namespace}/${metadata.name}` : metadata.name;
  return `${kind} ${JSON.stringify(path)}`;
}
