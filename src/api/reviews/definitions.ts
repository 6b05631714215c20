/** Questions that are asked by creating an object which is answered and not kept (authorization.k8s.io, authentication.k8s.io). */
export interface ReviewDefinition {
  readonly group: string;
  readonly versions: readonly string[];
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
}

export const REVIEWS: readonly ReviewDefinition[] = [
  review("authorization.k8s.io", "SelfSubjectAccessReview"),
  review("authorization.k8s.io", "SelfSubjectRulesReview"),
  review("authentication.k8s.io", "SelfSubjectReview"),
];

function review(group: string, kind: string): ReviewDefinition {
  return { group, versions: ["v1"], kind, plural: `${kind.toLowerCase()}s`, singular: kind.toLowerCase() };
}
