/** meta.k8s.io/v1. Field numbers: k8s.io/apimachinery v0.36, pkg/apis/meta/v1/generated.proto; what is left out: types.go. */
import { always, field, list, map, message, pointer } from "./message-type.ts";
import { FIELDS_V1, TIME } from "./special-messages.ts";

const OWNER_REFERENCE = message({
  1: always("kind", "string"),
  3: always("name", "string"),
  4: always("uid", "string"),
  5: always("apiVersion", "string"),
  6: pointer("controller", "bool"),
  7: pointer("blockOwnerDeletion", "bool"),
});

const MANAGED_FIELDS_ENTRY = message({
  1: field("manager", "string"),
  2: field("operation", "string"),
  3: field("apiVersion", "string"),
  4: field("time", TIME),
  6: field("fieldsType", "string"),
  7: field("fieldsV1", FIELDS_V1),
  8: field("subresource", "string"),
});

export const OBJECT_META = message({
  1: field("name", "string"),
  2: field("generateName", "string"),
  3: field("namespace", "string"),
  4: field("selfLink", "string"),
  5: field("uid", "string"),
  6: field("resourceVersion", "string"),
  7: field("generation", "int64"),
  8: field("creationTimestamp", TIME),
  9: field("deletionTimestamp", TIME),
  10: pointer("deletionGracePeriodSeconds", "int64"),
  11: map("labels", "string"),
  12: map("annotations", "string"),
  13: list("ownerReferences", OWNER_REFERENCE),
  14: list("finalizers", "string"),
  17: list("managedFields", MANAGED_FIELDS_ENTRY),
});

/** LabelSelectorRequirement, and FieldSelectorRequirement, which has the same fields. */
export const SELECTOR_REQUIREMENT = message({
  1: always("key", "string"),
  2: always("operator", "string"),
  3: list("values", "string"),
});

export const LABEL_SELECTOR = message({
  1: map("matchLabels", "string"),
  2: list("matchExpressions", SELECTOR_REQUIREMENT),
});

export const CONDITION = message({
  1: always("type", "string"),
  2: always("status", "string"),
  3: field("observedGeneration", "int64"),
  4: field("lastTransitionTime", TIME),
  5: always("reason", "string"),
  6: always("message", "string"),
});

const PRECONDITIONS = message({ 1: pointer("uid", "string"), 2: pointer("resourceVersion", "string") });

export const DELETE_OPTIONS = message({
  1: pointer("gracePeriodSeconds", "int64"),
  2: pointer("preconditions", PRECONDITIONS),
  3: pointer("orphanDependents", "bool"),
  4: pointer("propagationPolicy", "string"),
  5: list("dryRun", "string"),
  6: pointer("ignoreStoreReadErrorWithClusterBreakingPotential", "bool"),
});
