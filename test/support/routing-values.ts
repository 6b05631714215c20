/**
 * Routing values with everything filled in that a test doesn't care about.
 */
import type {
  ChainRouting,
  ForwardAction,
  HeaderChanges,
  HostRouting,
  Leg,
  PortRouting,
  RouteAction,
  RouteEntry,
  RouteMatch,
  WeightedBackend,
} from "../../src/compiler/routing/routing.ts";

export const UNCHANGED: HeaderChanges = { set: [], add: [], remove: [] };
export const TABLE = "8080";

export function httpPort(chains: readonly ChainRouting[] = [{ table: TABLE, listeners: ["http"] }]): PortRouting {
  return { name: "port-8080", gateway: "Gateway/infra/edge", address: "127.0.0.1", port: 0, chains };
}

export function host(hostname: string, routes: readonly RouteEntry[], table = TABLE): HostRouting {
  return { table, hostname, routes };
}

export function leg(id: string, more: Partial<Leg> = {}): Leg {
  return {
    id,
    source: `HybridService/shop/${id}`,
    endpoints: id,
    protocol: "HTTP1",
    tls: { mode: "disabled" },
    connectTimeoutMs: 1000,
    ...more,
  };
}

export function backend(legId: string | undefined, more: Partial<WeightedBackend> = {}): WeightedBackend {
  return { leg: legId, weight: 1, request: UNCHANGED, response: UNCHANGED, ...more };
}

export function forward(to: string | readonly WeightedBackend[], more: Partial<ForwardAction> = {}): ForwardAction {
  const backends = typeof to === "string" ? [backend(to)] : to;
  return { kind: "forward", backends, stickiness: [], mirrors: [], ...more };
}

export function match(path: RouteMatch["path"] | string = "/", more: Partial<RouteMatch> = {}): RouteMatch {
  return {
    path: typeof path === "string" ? { kind: "prefix", value: path } : path,
    headers: [],
    queryParams: [],
    ...more,
  };
}

let count = 0;

export function route(on: RouteMatch | string, action: RouteAction, more: Partial<RouteEntry> = {}): RouteEntry {
  return {
    name: `shop/front/rule/${count++}/match/0`,
    source: "HTTPRoute/shop/front",
    match: typeof on === "string" ? match(on) : on,
    request: UNCHANGED,
    response: UNCHANGED,
    action,
    ...more,
  };
}
