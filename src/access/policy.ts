/**
 * The objects that say who may do what, as far as this folder reads them: RBAC of Kubernetes, rbac.authorization.k8s.io/v1.
 * What the model parses fits, and so does JSON that was checked: absent lists are empty ones.
 */
import { type ObjectKey, objectKey } from "../model/keys.ts";

/** PolicyRule. A rule is about resources or about paths, never both. */
export interface RbacRule {
  readonly verbs: readonly string[];
  /** "" for core kinds; "*" for all. */
  readonly apiGroups?: readonly string[] | undefined;
  /** "httproutes", "httproutes/status", "*" for all, or "*" with a subresource. */
  readonly resources?: readonly string[] | undefined;
  /** Empty: every object, also those without a name yet. */
  readonly resourceNames?: readonly string[] | undefined;
  /** "/metrics", "/api/*". Means something only in ClusterRoles that a ClusterRoleBinding names. */
  readonly nonResourceURLs?: readonly string[] | undefined;
}

export interface RbacMetadata {
  readonly name: string;
  /** "" or absent for cluster-scoped kinds. */
  readonly namespace?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** metav1.LabelSelector. */
export interface RbacLabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>> | undefined;
  readonly matchExpressions?:
    | readonly {
        readonly key: string;
        readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
        readonly values?: readonly string[] | undefined;
      }[]
    | undefined;
}

/** Role and ClusterRole; only the latter aggregates. */
export interface RbacRole {
  readonly kind: "Role" | "ClusterRole";
  readonly metadata: RbacMetadata;
  readonly rules?: readonly RbacRule[] | undefined;
  readonly aggregationRule?: { readonly clusterRoleSelectors?: readonly RbacLabelSelector[] | undefined } | undefined;
}

export interface RbacSubject {
  /** User, Group or ServiceAccount; others never apply. */
  readonly kind: string;
  readonly name: string;
  /** Of a ServiceAccount; absent: that of the binding. */
  readonly namespace?: string | undefined;
}

export interface RbacRoleRef {
  /** Role or ClusterRole. */
  readonly kind: string;
  readonly name: string;
}

/** RoleBinding and ClusterRoleBinding. */
export interface RbacBinding {
  readonly kind: "RoleBinding" | "ClusterRoleBinding";
  readonly metadata: RbacMetadata;
  readonly subjects?: readonly RbacSubject[] | undefined;
  readonly roleRef: RbacRoleRef;
}

export type RbacObject = RbacRole | RbacBinding;

/** "RoleBinding/shop/team", the form of model/keys.ts. */
export function rbacKey({ kind, metadata }: RbacObject): ObjectKey {
  return objectKey(kind, metadata.namespace ?? "", metadata.name);
}

export function isRole(object: RbacObject): object is RbacRole {
  return object.kind === "Role" || object.kind === "ClusterRole";
}
