/**
 * Which listener, host, route and leg would serve a request, and why no other: computed from the routing stage alone.
 */

import type {
  TraceAction,
  TraceCandidate,
  TraceLeg,
  TraceListener,
  TraceRequest,
  TraceResult,
} from "../../model/trace.ts";
import { hostOf } from "../envoy/header-changes.ts";
import { ANY, mostSpecific } from "../routing/hostnames.ts";
import type { ChainRouting, ForwardAction, HostRouting, PortRouting, RouteEntry } from "../routing/routing.ts";
import type { RoutingView } from "../routing/view.ts";
import { mismatch } from "./match.ts";
import { forwardedPath, redirectLocation } from "./paths.ts";

export function trace(view: RoutingView, request: TraceRequest): TraceResult {
  const listening = findListener(view, request);
  if (!listening) return nothing("no listener answers there");
  const { port, chain } = listening;
  const listener = describeListener(port, chain);
  const host = findHost(view, port.gateway, chain.table, request.hostname);
  if (!host) {
    const reason = `no route of this listener serves host ${request.hostname}`;
    return { ...nothing(reason), listener, table: chain.table };
  }
  const { candidates, chosen } = tryRoutes(host, request);
  const base = { listener, table: chain.table, hostname: host.hostname, candidates, chosen: chosen?.name };
  if (!chosen)
    return { ...base, legs: [], action: { kind: "fail", status: 404, reason: "no route of this host matches" } };
  return { ...base, legs: legsOf(view, chosen), action: actionOf(chosen, request, port) };
}

function nothing(reason: string): TraceResult {
  return { candidates: [], legs: [], action: { kind: "fail", status: 404, reason } };
}

function findListener(
  view: RoutingView,
  request: TraceRequest,
): { port: PortRouting; chain: ChainRouting } | undefined {
  for (const gateway of view.gateways()) {
    for (const port of view.ports(gateway)) {
      if (port.port !== request.port) continue;
      const chain = port.chains.find((candidate) => acceptsChain(candidate, request));
      if (chain) return { port, chain };
    }
  }
  return undefined;
}

/** Chains come most specific name first, so the first that fits is Envoy's choice. */
function acceptsChain({ tls }: ChainRouting, request: TraceRequest): boolean {
  if (!tls) return request.scheme === "http";
  if (request.scheme !== "https") return false;
  return tls.serverNames.length === 0 || mostSpecific(request.sni ?? request.hostname, tls.serverNames) !== undefined;
}

function describeListener(port: PortRouting, chain: ChainRouting): TraceListener {
  return {
    gateway: port.gateway,
    name: port.name,
    listeners: chain.listeners,
    address: port.address,
    port: port.port,
    tls: chain.tls !== undefined,
  };
}

function findHost(view: RoutingView, gateway: string, table: string, hostname: string): HostRouting | undefined {
  const exact = view.host(gateway, table, hostname);
  if (exact) return exact;
  const wildcard = mostSpecific(hostname, view.wildcardHosts(gateway, table)) ?? ANY;
  return view.host(gateway, table, wildcard);
}

function tryRoutes(
  host: HostRouting,
  request: TraceRequest,
): { candidates: TraceCandidate[]; chosen: RouteEntry | undefined } {
  let chosen: RouteEntry | undefined;
  const candidates = host.routes.map((route): TraceCandidate => {
    const why = mismatch(route.match, request);
    const named = { route: route.name, source: route.source };
    if (why !== undefined) return { ...named, matched: false, reason: why };
    if (chosen) return { ...named, matched: false, reason: `it would match, but ${chosen.name} comes first` };
    chosen = route;
    return { ...named, matched: true, reason: "it matches and comes first" };
  });
  return { candidates, chosen };
}

function legsOf(view: RoutingView, { action, request }: RouteEntry): TraceLeg[] {
  if (action.kind !== "forward") return [];
  const weights = weightsInForce(view, action);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return action.backends.map((backend, index) => {
    const weight = weights[index] ?? 0;
    const endpoints = backend.leg === undefined ? undefined : view.endpoints(backend.leg);
    return {
      leg: backend.leg,
      weight,
      percent: total === 0 ? 0 : (weight / total) * 100,
      host: action.rewrite?.hostname ?? hostOf(request) ?? hostOf(backend.request) ?? backend.host,
      endpoints: endpoints ?? { state: "unknown", endpoints: [], reason: "the reference does not resolve" },
    };
  });
}

function weightsInForce(view: RoutingView, action: ForwardAction): number[] {
  const moving = action.split === undefined ? undefined : view.splitByPrefix(action.split);
  return action.backends.map(
    (backend) => moving?.weights.find((entry) => entry.leg === backend.leg)?.weight ?? backend.weight,
  );
}

function actionOf(route: RouteEntry, request: TraceRequest, port: PortRouting): TraceAction {
  const { action, match } = route;
  switch (action.kind) {
    case "fail":
      return action;
    case "redirect":
      return { kind: "redirect", status: action.status, location: redirectLocation(action, match, request, port.port) };
    case "forward": {
      const [sticky] = action.stickiness;
      const path = forwardedPath(request.path, match, action.rewrite?.path);
      return {
        kind: "forward",
        path,
        sticky: sticky && (sticky.kind === "sourceAddress" ? "source address" : `${sticky.kind} ${sticky.name}`),
      };
    }
  }
}
