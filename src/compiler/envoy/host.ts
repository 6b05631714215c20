import { create } from "@bufbuild/protobuf";
import {
  FilterConfigSchema,
  RouteSchema,
  type VirtualHostSchema,
} from "../../gen/envoy/config/route/v3/route_components_pb.js";
import { RouteConfigurationSchema } from "../../gen/envoy/config/route/v3/route_pb.js";
import { ScopedRouteConfigurationSchema } from "../../gen/envoy/config/route/v3/scoped_route_pb.js";
import type { ObjectKey } from "../../model/keys.ts";
import type { HostRouting } from "../routing/routing.ts";
import { NO_EXTERNAL_AUTH } from "./external-auth.ts";
import { EXACT_HOST_METADATA } from "./host-fallback.ts";
import { marshal, packed } from "./marshal.ts";
import type { Init } from "./message-init.ts";
import { FILTER, isExactHostname, SCOPE_HEADER, scopeName, WILDCARD } from "./names.ts";
import { type EnvoyResource, resourceId } from "./resource.ts";
import { HOST_RETRY } from "./retry.ts";
import { routeReferences, translateRoute } from "./route.ts";

type PerFilter = NonNullable<Init<typeof RouteConfigurationSchema>["typedPerFilterConfig"]>;

/** Made once: hosts are many, and it is the same for all. */
const NO_FALLBACK: PerFilter = { [FILTER.hostFallback]: packed(FilterConfigSchema, { disabled: true }) };

/** An exact host: a route configuration of its own, so that an edit costs the same among 3 hosts and 3000. */
export function translateHost(host: HostRouting): [EnvoyResource, EnvoyResource] {
  if (!isExactHostname(host.hostname)) throw new Error(`${host.hostname} is no exact hostname`);
  return resources(host.table, host.hostname, [host], NO_FALLBACK);
}

/** All hosts of a table that are no exact names; the host fallback of the listener sends requests here. */
export function translateWildcards(table: string, hosts: readonly HostRouting[]): [EnvoyResource, EnvoyResource] {
  return resources(table, WILDCARD, hosts, {});
}

function resources(
  table: string,
  hostname: string,
  hosts: readonly HostRouting[],
  filters: PerFilter,
): [EnvoyResource, EnvoyResource] {
  const name = scopeName(table, hostname);
  const entries = hosts.flatMap((host) => host.routes);
  const owners: readonly ObjectKey[] = entries.map((entry) => entry.source);
  const routes = marshal(
    "RouteConfiguration",
    name,
    RouteConfigurationSchema,
    {
      name,
      typedPerFilterConfig: { ...filters, [FILTER.externalAuth]: NO_EXTERNAL_AUTH },
      virtualHosts: hosts.map(virtualHost),
      requestHeadersToRemove: [SCOPE_HEADER],
    },
    { references: entries.flatMap(routeReferences), owners },
  );
  const scope = marshal(
    "ScopedRouteConfiguration",
    name,
    ScopedRouteConfigurationSchema,
    { name, routeConfigurationName: name, key: { fragments: [{ type: { case: "stringKey", value: name } }] } },
    { references: [resourceId("RouteConfiguration", name)], owners },
  );
  return [routes, scope];
}

/**
 * Ends the routes of an exact host: without any route Envoy knows no virtual host either, and the host fallback
 * would take the request for a miss.
 */
const NOT_FOUND = create(RouteSchema, {
  name: "not-found",
  match: { pathSpecifier: { case: "prefix", value: "" } },
  action: { case: "directResponse", value: { status: 404 } },
});

function virtualHost({ table, hostname, routes }: HostRouting): Init<typeof VirtualHostSchema> {
  const translated = routes.flatMap((entry) => translateRoute(entry, { table, hostname }));
  const init = { name: hostname, domains: [hostname], retryPolicy: HOST_RETRY };
  return isExactHostname(hostname)
    ? { ...init, routes: [...translated, NOT_FOUND], metadata: EXACT_HOST_METADATA }
    : { ...init, routes: translated };
}
