/**
 * authorization.k8s.io/v1 and authentication.k8s.io/v1. Field numbers: k8s.io/api v0.36, authorization/v1/generated.proto
 * and authentication/v1/generated.proto; what is left out: types.go beside them.
 */
import { always, field, list, map, message, pointer } from "./message-type.ts";
import { OBJECT_META, SELECTOR_REQUIREMENT } from "./meta-messages.ts";
import { EXTRA_VALUE } from "./special-messages.ts";

/** FieldSelectorAttributes and LabelSelectorAttributes. */
const SELECTOR_ATTRIBUTES = message({
  1: field("rawSelector", "string"),
  2: list("requirements", SELECTOR_REQUIREMENT),
});

const RESOURCE_ATTRIBUTES = message({
  1: field("namespace", "string"),
  2: field("verb", "string"),
  3: field("group", "string"),
  4: field("version", "string"),
  5: field("resource", "string"),
  6: field("subresource", "string"),
  7: field("name", "string"),
  8: pointer("fieldSelector", SELECTOR_ATTRIBUTES),
  9: pointer("labelSelector", SELECTOR_ATTRIBUTES),
});

const ACCESS_REVIEW_SPEC = message({
  1: pointer("resourceAttributes", RESOURCE_ATTRIBUTES),
  2: pointer("nonResourceAttributes", message({ 1: field("path", "string"), 2: field("verb", "string") })),
});

const ACCESS_REVIEW_STATUS = message({
  1: always("allowed", "bool"),
  2: field("reason", "string"),
  3: field("evaluationError", "string"),
  4: field("denied", "bool"),
});

export const SELF_SUBJECT_ACCESS_REVIEW = message({
  1: field("metadata", OBJECT_META),
  2: always("spec", ACCESS_REVIEW_SPEC),
  3: field("status", ACCESS_REVIEW_STATUS),
});

const RESOURCE_RULE = message({
  1: list("verbs", "string"),
  2: list("apiGroups", "string"),
  3: list("resources", "string"),
  4: list("resourceNames", "string"),
});

const RULES_REVIEW_STATUS = message({
  1: list("resourceRules", RESOURCE_RULE),
  2: list("nonResourceRules", message({ 1: list("verbs", "string"), 2: list("nonResourceURLs", "string") })),
  3: always("incomplete", "bool"),
  4: field("evaluationError", "string"),
});

export const SELF_SUBJECT_RULES_REVIEW = message({
  1: field("metadata", OBJECT_META),
  2: always("spec", message({ 1: field("namespace", "string") })),
  3: field("status", RULES_REVIEW_STATUS),
});

const USER_INFO = message({
  1: field("username", "string"),
  2: field("uid", "string"),
  3: list("groups", "string"),
  4: map("extra", EXTRA_VALUE),
});

export const SELF_SUBJECT_REVIEW = message({
  1: field("metadata", OBJECT_META),
  2: field("status", message({ 1: field("userInfo", USER_INFO) })),
});
