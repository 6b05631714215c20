/** What queries of the routing stage contribute to each other, and the order in which they may. */
import { collection } from "../../lib/dataflow/query.ts";
import type { EndpointQuery } from "../../model/endpoints.ts";
import type { RankedEntry } from "./precedence.ts";
import type { PortRouting } from "./routing.ts";

/** A query reads only what has a lower rank; a collection's rank is that of its last emitter. */
export const RANK = {
  leaf: 0,
  endpoints: 1,
  leg: 2,
  service: 3,
  gateway: 3,
  attachment: 4,
  route: 5,
  host: 6,
  translated: 7,
  status: 8,
} as const;

/** Joins what one gateway has many of: "Gateway/infra/edge|8080|shop.example.com". */
export function within(gateway: string, ...parts: readonly string[]): string {
  return [gateway, ...parts].join("|");
}

export function splitWithin(key: string): readonly string[] {
  return key.split("|");
}

/** What reaches a host of a table, keyed gateway|table|hostname. Without entries: the host exists and answers 404. */
export const hostEntries = collection<readonly RankedEntry[]>("hostEntries", RANK.route);

/** Hosts that share the wildcard route configuration, keyed gateway|table; the item is the hostname. */
export const wildcardHosts = collection<string>("wildcardHosts", RANK.host);

/** The tables of a gateway, keyed gateway|table. */
export const tables = collection<true>("tables", RANK.attachment);

/** The sockets of a gateway, keyed gateway|name. */
export const ports = collection<PortRouting>("ports", RANK.attachment);

/** Gateways that are ours and have a proxy, keyed by gateway. */
export const gateways = collection<true>("gateways", RANK.attachment);

/** Gateways that take the routes which ask for default gateways, all under the key ""; the item is the gateway's key. */
export const defaultGateways = collection<string>("defaultGateways", RANK.attachment);

/** Legs that a gateway's routes use, keyed gateway|leg. */
export const gatewayLegs = collection<true>("gatewayLegs", RANK.route);

/** Secrets that a gateway needs, keyed gateway|secret. */
export const gatewaySecrets = collection<true>("gatewaySecrets", RANK.translated);

/** Services whose moving split a gateway's routes follow, keyed gateway|service. */
export const gatewaySplits = collection<true>("gatewaySplits", RANK.route);

/** The same, spread over runtime layers: keyed gateway|layer; the item is the service's key. */
export const layerSplits = collection<string>("layerSplits", RANK.host);

/** Routes attached to a listener, keyed gateway|listener. */
export const attachedRoutes = collection<true>("attachedRoutes", RANK.route);

/** Routes that use a service, keyed by the service's object key; the item is the route's key. */
export const routesOfService = collection<string>("routesOfService", RANK.route);

/** What discovery has to find, keyed by endpoint key. */
export const endpointQueries = collection<EndpointQuery>("endpointQueries", RANK.service);

/** EndpointSlices of a Service, keyed "namespace/name"; the item is the slice's object key. */
export const slicesOfService = collection<string>("slicesOfService", RANK.leaf);
