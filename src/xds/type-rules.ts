/**
 * What the protocol demands of each resource type, as tables. Sources: xDS protocol ("Eventual consistency
 * considerations", "Resource warming", "Knowing When a Requested Resource Does Not Exist"), Envoy 1.40 as measured.
 */
import { type ResourceId, type ResourceType, resourceId, TYPE_URL } from "../compiler/envoy/resource.ts";

/** The order in which one flush writes: what is referenced goes before what references it. */
export const SEND_ORDER: readonly ResourceType[] = [
  "Secret",
  "Runtime",
  "Cluster",
  "ClusterLoadAssignment",
  "Listener",
  "ScopedRouteConfiguration",
  "RouteConfiguration",
];

export interface TypeRule {
  /** Whether a first request without names means "*" (Envoy subscribes to the other types by name only). */
  readonly legacyWildcard: boolean;
  /**
   * When a resource counts as missing at a client that doesn't have it.
   * "whenUsed": once it is subscribed to, or something the client holds references it.
   */
  readonly expected: "always" | "withListener" | "whenUsed";
  /** Whether the first answer waits (bounded) for resources whose dependencies are still on their way. */
  readonly firstAnswer: "atOnce" | "whenReady";
  /** A subscriber that has none gets it although something it references will never come: it would hang instead. */
  readonly ratherIncomplete: boolean;
  /** Types whose resources may reference this type: as long as one holds unknown content, nothing of this type goes. */
  readonly referencedBy: readonly ResourceType[];
}

export const TYPE_RULES: Readonly<Record<ResourceType, TypeRule>> = {
  Secret: {
    legacyWildcard: false,
    expected: "whenUsed",
    firstAnswer: "atOnce",
    ratherIncomplete: false,
    referencedBy: ["Cluster", "Listener"],
  },
  Runtime: {
    legacyWildcard: false,
    expected: "whenUsed",
    firstAnswer: "atOnce",
    ratherIncomplete: false,
    referencedBy: [],
  },
  Cluster: {
    legacyWildcard: true,
    expected: "always",
    firstAnswer: "atOnce",
    ratherIncomplete: false,
    referencedBy: ["Listener", "ScopedRouteConfiguration", "RouteConfiguration"],
  },
  ClusterLoadAssignment: {
    legacyWildcard: false,
    expected: "whenUsed",
    firstAnswer: "atOnce",
    ratherIncomplete: false,
    referencedBy: ["Cluster"],
  },
  Listener: {
    legacyWildcard: true,
    expected: "always",
    firstAnswer: "whenReady",
    ratherIncomplete: false,
    referencedBy: [],
  },
  ScopedRouteConfiguration: {
    legacyWildcard: true,
    expected: "withListener",
    // A listener starts to listen once its scopes are answered: an early empty answer means 404 for everyone.
    firstAnswer: "whenReady",
    ratherIncomplete: false,
    referencedBy: ["Listener"],
  },
  RouteConfiguration: {
    legacyWildcard: false,
    expected: "whenUsed",
    firstAnswer: "atOnce",
    ratherIncomplete: true,
    referencedBy: ["Listener", "ScopedRouteConfiguration"],
  },
};

/**
 * What a resource of the first type waits for in a reference to the second.
 * "acknowledged": the client has it, and its companion too. "sendable": the client has it, or could be sent it now
 * (it asks for it by name only once it has what references it). Not listed: never waits.
 */
export const WAITS_FOR: Readonly<
  Record<ResourceType, Readonly<Partial<Record<ResourceType, "acknowledged" | "sendable">>>>
> = {
  Secret: {},
  Runtime: {},
  // Secrets are asked for by name once the cluster is there, so waiting for them would never end.
  Cluster: { Cluster: "acknowledged" },
  ClusterLoadAssignment: {},
  Listener: { Cluster: "acknowledged", RouteConfiguration: "sendable" },
  ScopedRouteConfiguration: { Cluster: "acknowledged", RouteConfiguration: "sendable" },
  RouteConfiguration: { Cluster: "acknowledged" },
};

const TYPE_BY_URL: ReadonlyMap<string, ResourceType> = new Map(SEND_ORDER.map((type) => [TYPE_URL[type], type]));

export function typeOfUrl(url: string): ResourceType | undefined {
  return TYPE_BY_URL.get(url);
}

export function typeOf(id: ResourceId): ResourceType {
  return id.slice(0, id.indexOf(":")) as ResourceType;
}

export function nameOf(id: ResourceId): string {
  return id.slice(id.indexOf(":") + 1);
}

/**
 * The endpoints of a cluster: not a written reference, as nothing in Envoy holds it, but a cluster without them is
 * warming and answers 503; and a changed cluster warms again only when they are sent again (xDS protocol, "Resource
 * warming": "even though there is no change in endpoints").
 */
export function companionOf(id: ResourceId): ResourceId | undefined {
  return typeOf(id) === "Cluster" ? resourceId("ClusterLoadAssignment", nameOf(id)) : undefined;
}
