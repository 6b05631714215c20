import { objectKey } from "../../model/keys.ts";
import { matchesLabels } from "../../model/label-selector.ts";
import type { RbacLabelSelector, RbacRole, RbacRoleRef, RbacRule } from "../policy.ts";

interface Aggregation {
  readonly selectors: readonly RbacLabelSelector[];
  /** Names of the ClusterRoles that the selectors choose. */
  readonly members: Set<string>;
}

/**
 * The roles, and which ClusterRoles are made of others. An aggregated ClusterRole grants what its members grant; rules
 * written into it count for nothing, as Kubernetes overwrites them. A change of a role looks at the aggregated ones
 * only, and at all ClusterRoles when it is aggregated itself.
 *
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles
 */
export class RoleTable {
  readonly #roles = new Map<string, RbacRole>();
  readonly #clusterRoles = new Map<string, RbacRole>();
  readonly #aggregations = new Map<string, Aggregation>();

  set(role: RbacRole): void {
    const { name, namespace = "" } = role.metadata;
    if (role.kind === "Role") {
      this.#roles.set(objectKey("Role", namespace, name), role);
      return;
    }
    this.#clusterRoles.set(name, role);
    for (const [aggregated, { selectors, members }] of this.#aggregations) {
      if (aggregated !== name && isChosen(role, selectors)) members.add(name);
      else members.delete(name);
    }
    this.#aggregations.delete(name);
    if (!role.aggregationRule) return;
    const selectors = role.aggregationRule.clusterRoleSelectors ?? [];
    const chosen = [...this.#clusterRoles.values()].filter(
      (other) => other.metadata.name !== name && isChosen(other, selectors),
    );
    this.#aggregations.set(name, { selectors, members: new Set(chosen.map((other) => other.metadata.name)) });
  }

  remove(kind: "Role" | "ClusterRole", namespace: string, name: string): void {
    if (kind === "Role") {
      this.#roles.delete(objectKey("Role", namespace, name));
      return;
    }
    this.#clusterRoles.delete(name);
    this.#aggregations.delete(name);
    for (const { members } of this.#aggregations.values()) members.delete(name);
  }

  /** undefined when there is no such role. A Role is looked for in `namespace`, that of the binding. */
  rulesOf({ kind, name }: RbacRoleRef, namespace: string): Iterable<RbacRule> | undefined {
    if (kind === "Role") {
      const role = this.#roles.get(objectKey("Role", namespace, name));
      return role && (role.rules ?? []);
    }
    const role = kind === "ClusterRole" ? this.#clusterRoles.get(name) : undefined;
    if (!role) return undefined;
    return this.#aggregations.has(name) ? this.#aggregatedRules(name, new Set()) : (role.rules ?? []);
  }

  /** Aggregated roles may choose each other, in circles too. */
  *#aggregatedRules(name: string, seen: Set<string>): Generator<RbacRule> {
    if (seen.has(name)) return;
    seen.add(name);
    const aggregation = this.#aggregations.get(name);
    if (!aggregation) yield* this.#clusterRoles.get(name)?.rules ?? [];
    else for (const member of aggregation.members) yield* this.#aggregatedRules(member, seen);
  }
}

function isChosen({ metadata }: RbacRole, selectors: readonly RbacLabelSelector[]): boolean {
  return selectors.some(({ matchLabels = {}, matchExpressions = [] }) =>
    matchesLabels(
      {
        matchLabels,
        matchExpressions: matchExpressions.map((expression) => ({ ...expression, values: expression.values ?? [] })),
      },
      metadata.labels ?? {},
    ),
  );
}
