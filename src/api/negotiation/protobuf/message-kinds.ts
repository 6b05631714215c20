/** Which message holds an object of a kind. */
import { EVENT, NAMESPACE, SECRET, SERVICE } from "./core-messages.ts";
import { ENDPOINT_SLICE } from "./discovery-messages.ts";
import type { MessageType } from "./message-type.ts";
import { DELETE_OPTIONS } from "./meta-messages.ts";
import { CLUSTER_ROLE, ROLE, ROLE_BINDING } from "./rbac-messages.ts";
import { SELF_SUBJECT_ACCESS_REVIEW, SELF_SUBJECT_REVIEW, SELF_SUBJECT_RULES_REVIEW } from "./review-messages.ts";

const KINDS: ReadonlyMap<string, MessageType> = new Map([
  ["v1 Namespace", NAMESPACE],
  ["v1 Secret", SECRET],
  ["v1 Service", SERVICE],
  ["v1 Event", EVENT],
  ["discovery.k8s.io/v1 EndpointSlice", ENDPOINT_SLICE],
  ["rbac.authorization.k8s.io/v1 Role", ROLE],
  ["rbac.authorization.k8s.io/v1 ClusterRole", CLUSTER_ROLE],
  ["rbac.authorization.k8s.io/v1 RoleBinding", ROLE_BINDING],
  ["rbac.authorization.k8s.io/v1 ClusterRoleBinding", ROLE_BINDING],
  ["authorization.k8s.io/v1 SelfSubjectAccessReview", SELF_SUBJECT_ACCESS_REVIEW],
  ["authorization.k8s.io/v1 SelfSubjectRulesReview", SELF_SUBJECT_RULES_REVIEW],
  ["authentication.k8s.io/v1 SelfSubjectReview", SELF_SUBJECT_REVIEW],
]);

export function messageOfKind(apiVersion: string, kind: string): MessageType | undefined {
  // Clients send it in the version of whatever they delete.
  if (kind === "DeleteOptions") return DELETE_OPTIONS;
  return KINDS.get(`${apiVersion} ${kind}`);
}
