/** rbac.authorization.k8s.io/v1. Field numbers: k8s.io/api v0.36, rbac/v1/generated.proto; what is left out: types.go. */
import { always, field, list, message, pointer } from "./message-type.ts";
import { LABEL_SELECTOR, OBJECT_META } from "./meta-messages.ts";

const POLICY_RULE = message({
  1: list("verbs", "string"),
  2: list("apiGroups", "string"),
  3: list("resources", "string"),
  4: list("resourceNames", "string"),
  5: list("nonResourceURLs", "string"),
});

const SUBJECT = message({
  1: always("kind", "string"),
  2: field("apiGroup", "string"),
  3: always("name", "string"),
  4: field("namespace", "string"),
});

const ROLE_REF = message({
  1: always("apiGroup", "string"),
  2: always("kind", "string"),
  3: always("name", "string"),
});

export const ROLE = message({ 1: field("metadata", OBJECT_META), 2: list("rules", POLICY_RULE) });

export const CLUSTER_ROLE = message({
  1: field("metadata", OBJECT_META),
  2: list("rules", POLICY_RULE),
  3: pointer("aggregationRule", message({ 1: list("clusterRoleSelectors", LABEL_SELECTOR) })),
});

/** RoleBinding and ClusterRoleBinding. */
export const ROLE_BINDING = message({
  1: field("metadata", OBJECT_META),
  2: list("subjects", SUBJECT),
  3: always("roleRef", ROLE_REF),
});
