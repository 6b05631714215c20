/** discovery.k8s.io/v1. Field numbers: k8s.io/api v0.36, discovery/v1/generated.proto; what is left out: types.go. */
import { OBJECT_REFERENCE } from "./core-messages.ts";
import { always, field, list, map, message, pointer } from "./message-type.ts";
import { OBJECT_META } from "./meta-messages.ts";

const ENDPOINT_CONDITIONS = message({
  1: pointer("ready", "bool"),
  2: pointer("serving", "bool"),
  3: pointer("terminating", "bool"),
});

/** ForZone and ForNode. */
const HINT = message({ 1: always("name", "string") });

const ENDPOINT = message({
  1: list("addresses", "string"),
  2: field("conditions", ENDPOINT_CONDITIONS),
  3: pointer("hostname", "string"),
  4: pointer("targetRef", OBJECT_REFERENCE),
  5: map("deprecatedTopology", "string"),
  6: pointer("nodeName", "string"),
  7: pointer("zone", "string"),
  8: pointer("hints", message({ 1: list("forZones", HINT), 2: list("forNodes", HINT) })),
});

const ENDPOINT_PORT = message({
  1: pointer("name", "string"),
  2: pointer("protocol", "string"),
  3: pointer("port", "int32"),
  4: pointer("appProtocol", "string"),
});

export const ENDPOINT_SLICE = message({
  1: field("metadata", OBJECT_META),
  2: list("endpoints", ENDPOINT),
  3: list("ports", ENDPOINT_PORT),
  4: always("addressType", "string"),
});
