/** Core kinds, v1. Field numbers: k8s.io/api v0.36, core/v1/generated.proto; what is left out: core/v1/types.go. */
import { always, field, list, map, message, pointer } from "./message-type.ts";
import { CONDITION, OBJECT_META } from "./meta-messages.ts";
import { INT_OR_STRING, MICRO_TIME, TIME } from "./special-messages.ts";

const NAMESPACE_SPEC = message({ 1: list("finalizers", "string") });

const NAMESPACE_CONDITION = message({
  1: always("type", "string"),
  2: always("status", "string"),
  4: field("lastTransitionTime", TIME),
  5: field("reason", "string"),
  6: field("message", "string"),
});

const NAMESPACE_STATUS = message({
  1: field("phase", "string"),
  2: list("conditions", NAMESPACE_CONDITION),
});

export const NAMESPACE = message({
  1: field("metadata", OBJECT_META),
  2: field("spec", NAMESPACE_SPEC),
  3: field("status", NAMESPACE_STATUS),
});

export const SECRET = message({
  1: field("metadata", OBJECT_META),
  2: map("data", "bytes"),
  3: field("type", "string"),
  4: map("stringData", "string"),
  5: pointer("immutable", "bool"),
});

const SERVICE_PORT = message({
  1: field("name", "string"),
  2: field("protocol", "string"),
  3: always("port", "int32"),
  4: field("targetPort", INT_OR_STRING),
  5: field("nodePort", "int32"),
  6: pointer("appProtocol", "string"),
});

const SESSION_AFFINITY_CONFIG = message({
  1: pointer("clientIP", message({ 1: pointer("timeoutSeconds", "int32") })),
});

const SERVICE_SPEC = message({
  1: list("ports", SERVICE_PORT),
  2: map("selector", "string"),
  3: field("clusterIP", "string"),
  4: field("type", "string"),
  5: list("externalIPs", "string"),
  7: field("sessionAffinity", "string"),
  8: field("loadBalancerIP", "string"),
  9: list("loadBalancerSourceRanges", "string"),
  10: field("externalName", "string"),
  11: field("externalTrafficPolicy", "string"),
  12: field("healthCheckNodePort", "int32"),
  13: field("publishNotReadyAddresses", "bool"),
  14: pointer("sessionAffinityConfig", SESSION_AFFINITY_CONFIG),
  17: pointer("ipFamilyPolicy", "string"),
  18: list("clusterIPs", "string"),
  19: list("ipFamilies", "string"),
  20: pointer("allocateLoadBalancerNodePorts", "bool"),
  21: pointer("loadBalancerClass", "string"),
  22: pointer("internalTrafficPolicy", "string"),
  23: pointer("trafficDistribution", "string"),
});

const PORT_STATUS = message({
  1: always("port", "int32"),
  2: always("protocol", "string"),
  3: pointer("error", "string"),
});

const LOAD_BALANCER_INGRESS = message({
  1: field("ip", "string"),
  2: field("hostname", "string"),
  3: pointer("ipMode", "string"),
  4: list("ports", PORT_STATUS),
});

const SERVICE_STATUS = message({
  1: field("loadBalancer", message({ 1: list("ingress", LOAD_BALANCER_INGRESS) })),
  2: list("conditions", CONDITION),
});

export const SERVICE = message({
  1: field("metadata", OBJECT_META),
  2: field("spec", SERVICE_SPEC),
  3: field("status", SERVICE_STATUS),
});

export const OBJECT_REFERENCE = message({
  1: field("kind", "string"),
  2: field("namespace", "string"),
  3: field("name", "string"),
  4: field("uid", "string"),
  5: field("apiVersion", "string"),
  6: field("resourceVersion", "string"),
  7: field("fieldPath", "string"),
});

export const EVENT = message({
  1: field("metadata", OBJECT_META),
  2: always("involvedObject", OBJECT_REFERENCE),
  3: field("reason", "string"),
  4: field("message", "string"),
  5: field("source", message({ 1: field("component", "string"), 2: field("host", "string") })),
  6: field("firstTimestamp", TIME),
  7: field("lastTimestamp", TIME),
  8: field("count", "int32"),
  9: field("type", "string"),
  10: field("eventTime", MICRO_TIME),
  11: pointer("series", message({ 1: field("count", "int32"), 2: field("lastObservedTime", MICRO_TIME) })),
  12: field("action", "string"),
  13: pointer("related", OBJECT_REFERENCE),
  14: always("reportingComponent", "string"),
  15: always("reportingInstance", "string"),
});
