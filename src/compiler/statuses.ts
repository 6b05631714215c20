/**
 * The status of every object, as far as it follows from the model: Accepted and ResolvedRefs.
 * What only proxies can say (Programmed) is added by control/.
 */
import { collection, query, type Reader } from "../lib/dataflow/query.ts";
import type { Condition } from "../model/conditions.ts";
import { GATEWAY_API_GROUP } from "../model/kind-definition.ts";
import type { AnyResource, KindOf } from "../model/kinds.ts";
import { keyOf } from "../model/metadata.ts";
import { attachedRoutes, RANK, within } from "./routing/collections.ts";
import { conditionOf, isFalse, isTrue } from "./routing/conditions.ts";
import { boundAddresses, classRefusals, gateway, type ListenerView, servesTraffic } from "./routing/gateway.ts";
import { httpRoute } from "./routing/http-route.ts";
import { hybridLegId, leg } from "./routing/legs.ts";
import type { CompileOptions } from "./routing/routing.ts";
import { CONTROLLER_NAME, type ListenerStatus, type ObjectStatus } from "./status.ts";

/** Keyed by object key. */
export const statuses = collection<ObjectStatus>("statuses", RANK.status);

type StatusOptions = Pick<CompileOptions, "bindAddress">;

/** Spawned for each object of a kind that has a status. */
export const publishStatus = (options: StatusOptions) =>
  query<null>("publishStatus", RANK.status, (read, key) => {
    const object = read.input(key) as AnyResource | undefined;
    const status = object && statusOf(read, object, options);
    if (status) read.emit(statuses, key, status);
    return null;
  });

export const KINDS_WITH_STATUS = ["GatewayClass", "Gateway", "HTTPRoute", "HybridService", "Platform"] as const;

function statusOf(read: Reader, object: AnyResource, options: StatusOptions): ObjectStatus | undefined {
  const { generation } = object.metadata;
  switch (object.kind) {
    case "GatewayClass":
      if (object.spec.controllerName !== CONTROLLER_NAME) return undefined;
      return {
        conditions: [
          conditionOf(
            "Accepted",
            { reason: "Accepted", message: "this controller serves the class" },
            classRefusals(object),
            generation,
          ),
        ],
      };
    case "Gateway":
      return gatewayStatus(read, object, options);
    case "HTTPRoute":
      return { parents: read.get(httpRoute, keyOf(object)) };
    case "HybridService":
      return { conditions: hybridConditions(read, object) };
    case "Platform":
      return { conditions: [isTrue("Accepted", "Accepted", "the platform is watched", generation)] };
    default:
      return undefined;
  }
}

function hybridConditions(read: Reader, service: KindOf<"HybridService">): Condition[] {
  const { namespace, name, generation } = service.metadata;
  const refusals = service.spec.backends.flatMap(
    (backend) => read.get(leg, hybridLegId(namespace, name, backend.name))?.refusals ?? [],
  );
  return [
    isTrue("Accepted", "Accepted", "the service is valid", generation),
    conditionOf("ResolvedRefs", { reason: "ResolvedRefs", message: "all references resolve" }, refusals, generation),
  ];
}

function gatewayStatus(read: Reader, object: KindOf<"Gateway">, options: StatusOptions): ObjectStatus | undefined {
  const view = read.get(gateway, keyOf(object));
  if (view === undefined || view === "foreign") return undefined;
  const { generation } = object.metadata;
  const listeners = view.listeners.map((listener) => listenerStatus(read, view.key, listener, generation));
  const accepted = conditionOf(
    "Accepted",
    { reason: "Accepted", message: "the gateway is served" },
    view.accepted,
    generation,
  );
  const broken = view.listeners.filter((listener) => !servesTraffic(listener)).map((listener) => listener.name);
  const message = `listeners that serve nothing: ${broken.join(", ")}; their own conditions say why`;
  const noneServes = broken.length === view.listeners.length;
  const degraded: Condition = {
    ...(noneServes ? isFalse : isTrue)("Accepted", "ListenersNotValid", message, generation),
  };
  return {
    conditions: [accepted.status === "True" && broken.length > 0 ? degraded : accepted],
    listeners,
    addresses: boundAddresses(view, options).map((value) => ({ type: "IPAddress", value })),
  };
}

function listenerStatus(
  read: Reader,
  gatewayKey: string,
  listener: ListenerView,
  generation: number | undefined,
): ListenerStatus {
  const conflict = listener.conflict ? [listener.conflict] : [];
  return {
    name: listener.name,
    supportedKinds: listener.takesHttpRoutes ? [{ group: GATEWAY_API_GROUP, kind: "HTTPRoute" }] : [],
    attachedRoutes: read.count(attachedRoutes, within(gatewayKey, listener.name)),
    conditions: [
      conditionOf(
        "Accepted",
        { reason: "Accepted", message: "the listener is valid" },
        [...conflict, ...listener.accepted],
        generation,
      ),
      conditionOf(
        "ResolvedRefs",
        { reason: "ResolvedRefs", message: "all references resolve" },
        listener.resolved,
        generation,
      ),
      listener.conflict
        ? isTrue("Conflicted", listener.conflict.reason, listener.conflict.message, generation)
        : isFalse("Conflicted", "NoConflicts", "no other listener of the gateway collides with it", generation),
      ...(listener.overlap
        ? [isTrue("OverlappingTLSConfig", listener.overlap.reason, listener.overlap.message, generation)]
        : []),
    ],
  };
}
