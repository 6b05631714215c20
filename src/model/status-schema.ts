/** Statuses as schemas. The control plane writes them; who else may write here follows the same shape. */
import type { JsonSchema } from "./json-schema.ts";
import { array, integer, object, text } from "./json-schema-parts.ts";

const time = (description: string): JsonSchema => ({ type: "string", format: "date-time", description });

/** Descriptions of entries are left out: `kubectl explain` would show them next to that of the list. */
function listOf(description: string, { description: _, ...items }: JsonSchema, mapKey?: string): JsonSchema {
  const list = array(description, items);
  return mapKey ? { ...list, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": [mapKey] } : list;
}

/** metav1.Condition. */
const condition = object(
  "One thing that is so, or isn't.",
  {
    type: text("What it is about: Accepted, ResolvedRefs, Programmed."),
    status: { type: "string", enum: ["True", "False", "Unknown"], description: "Whether it is so." },
    reason: text("Why, as one word for programs."),
    message: text("Why, and what to do about it, as a sentence for people."),
    lastTransitionTime: time("When it last changed."),
    observedGeneration: integer(
      "The metadata.generation that it is about; a smaller one than that of the object is out of date.",
      "int64",
    ),
  },
  ["type", "status", "reason", "message", "lastTransitionTime"],
);

const conditions = listOf("What is so, as far as it is known.", condition, "type");

/** RouteParentStatus of the Gateway API. */
const parent = object(
  "What one parent makes of the route.",
  {
    parentRef: object(
      "The parent.",
      {
        group: text("Its API group."),
        kind: text("Its kind."),
        namespace: text("Its namespace."),
        name: text("Its name."),
        sectionName: text("The listener that the route asked for."),
        port: integer("The port that the route asked for.", "int32"),
      },
      ["name"],
    ),
    controllerName: text("Which controller says so."),
    conditions,
  },
  ["parentRef", "controllerName"],
);

/** ListenerStatus of the Gateway API. */
const listener = object(
  "How one listener is.",
  {
    name: text("Name of the listener."),
    supportedKinds: listOf(
      "Kinds of routes that may attach to it.",
      object("One kind.", { group: text("Its API group."), kind: text("Its name.") }, ["kind"]),
    ),
    attachedRoutes: integer("How many routes are attached to it.", "int32"),
    conditions,
  },
  ["name", "attachedRoutes"],
);

const gatewayAddress = object("One address.", { type: text("IPAddress or Hostname."), value: text("The address.") }, [
  "value",
]);

/** LoadBalancerIngress of core/v1. */
const ingress = object("One address.", {
  ip: text("The address, if it is one of IP."),
  hostname: text("The address, if it is a name."),
  ipMode: text("How traffic gets there: VIP or Proxy."),
  ports: listOf(
    "Ports that are open there.",
    object(
      "One port.",
      {
        port: integer("Its number.", "int32"),
        protocol: text("TCP, UDP or SCTP."),
        error: text("What is wrong with it."),
      },
      ["port", "protocol"],
    ),
  ),
});

const conditionsOnly = object("What became of the object.", { conditions });

/** Only objects of these kinds ever have a status. */
const STATUSES: Readonly<Record<string, JsonSchema>> = {
  GatewayClass: conditionsOnly,
  Gateway: object("What became of the gateway.", {
    addresses: listOf("Addresses that it listens on.", gatewayAddress),
    conditions,
    listeners: listOf("How each listener is.", listener, "name"),
  }),
  HTTPRoute: object("What became of the route.", {
    parents: listOf("What each parent makes of the route.", parent),
  }),
  Platform: conditionsOnly,
  HybridService: conditionsOnly,
  AccessToken: object("Only there in the answer to making the token.", {
    token: text("The token itself. It is shown this once and kept nowhere."),
  }),
  Service: object("What Kubernetes made of the service.", {
    conditions,
    loadBalancer: object("The load balancer.", { ingress: listOf("Addresses of the load balancer.", ingress) }),
  }),
  Namespace: object("What became of the namespace.", {
    phase: text("Active, or Terminating while what is in it is deleted."),
    conditions,
  }),
};

/** Undefined for kinds without a status. */
export function statusSchemaOf(kind: string): JsonSchema | undefined {
  return Object.hasOwn(STATUSES, kind) ? STATUSES[kind] : undefined;
}
