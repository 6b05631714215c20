/**
 * In which order kinds are written: what others refer to comes first, so that nothing is live in halves on the way. Deleting
 * goes the other way round.
 */
const ORDER: readonly string[] = [
  "Namespace",
  "GatewayClass",
  "Platform",
  "Secret",
  "Service",
  "EndpointSlice",
  "HybridService",
  "ReferenceGrant",
  "Gateway",
  "HTTPRoute",
  "ClusterRole",
  "Role",
  "ClusterRoleBinding",
  "RoleBinding",
  "AccessToken",
];

/** Kinds that aren't in the table come last. */
export function orderOf(kind: string): number {
  const index = ORDER.indexOf(kind);
  return index < 0 ? ORDER.length : index;
}
