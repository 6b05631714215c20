import type { RouteSchema } from "../../gen/envoy/config/route/v3/route_components_pb.js";
import type { ForwardAction, HostRouting, RouteEntry } from "../routing/routing.ts";
import { translateCors } from "./cors.ts";
import { translateExternalAuth } from "./external-auth.ts";
import { backendsChangeHeaders, choices, translateForward } from "./forward.ts";
import { translateHeaderChanges } from "./header-changes.ts";
import type { Init } from "./message-init.ts";
import { FILTER, portOfTable, UNRESOLVED_CLUSTER } from "./names.ts";
import { translateRedirect } from "./redirect.ts";
import { type ResourceId, resourceId } from "./resource.ts";
import { exactHeader, preflightMatch, translateMatch } from "./route-match.ts";
import { translateSession } from "./session.ts";
import { newUserCookie, setCookie, stickyKeys, withoutKeys } from "./stickiness.ts";

type EnvoyRoute = Init<typeof RouteSchema>;
type EnvoyMatch = ReturnType<typeof translateMatch>;
type PerFilter = NonNullable<EnvoyRoute["typedPerFilterConfig"]>;

/** One entry can take several Envoy routes, to be tried in order. */
export function translateRoute(entry: RouteEntry, host: Pick<HostRouting, "table" | "hostname">): EnvoyRoute[] {
  const match = translateMatch(entry.match);
  const route: EnvoyRoute = {
    name: entry.name,
    match,
    typedPerFilterConfig: filterSettings(entry),
    ...(entry.action.kind === "forward" && backendsChangeHeaders(entry.action) ? {} : headerChanges(entry)),
  };
  return [...preflight(entry), ...withAction(route, match, entry, host)];
}

/** The clusters that a proxy must have to serve the route. */
export function routeReferences({ action, externalAuth }: RouteEntry): ResourceId[] {
  const legs: string[] = externalAuth ? [externalAuth.leg] : [];
  if (action.kind === "forward") {
    for (const { leg } of choices(action)) if (leg !== undefined) legs.push(leg);
    for (const { leg } of action.mirrors) legs.push(leg);
  }
  return legs.map((leg) => resourceId("Cluster", leg));
}

function headerChanges(entry: RouteEntry): EnvoyRoute {
  const request = translateHeaderChanges(entry.request);
  const response = translateHeaderChanges(entry.response);
  return {
    requestHeadersToAdd: request.add,
    requestHeadersToRemove: request.remove,
    responseHeadersToAdd: response.add,
    responseHeadersToRemove: response.remove,
  };
}

function withAction(
  route: EnvoyRoute,
  match: EnvoyMatch,
  entry: RouteEntry,
  host: Pick<HostRouting, "table" | "hostname">,
): EnvoyRoute[] {
  const { action } = entry;
  switch (action.kind) {
    case "forward":
      return forwarding(
        { ...route, action: { case: "route", value: translateForward(entry, action, host.hostname) } },
        match,
        action,
      );
    case "fail":
      return [{ ...route, action: { case: "directResponse", value: { status: action.status } } }];
    case "redirect":
      return translateRedirect(entry.match.path, action, portOfTable(host.table)).map(
        ({ requestScheme, redirect }) => ({
          ...route,
          match: requestScheme === undefined ? match : onlyOver(requestScheme, match),
          action: { case: "redirect", value: redirect },
        }),
      );
  }
}

/** Where users stick to a leg by a cookie, those who have none yet take a route that gives them one. */
function forwarding(route: EnvoyRoute, match: EnvoyMatch, action: ForwardAction): EnvoyRoute[] {
  const keys = choices(action).length > 1 ? stickyKeys(action) : [];
  const cookie = newUserCookie(keys);
  if (!cookie) return [route];
  const newUsers: EnvoyRoute = {
    ...route,
    match: { ...match, headers: [...(match.headers ?? []), ...withoutKeys(keys)] },
    responseHeadersToAdd: [...(route.responseHeadersToAdd ?? []), setCookie(cookie)],
  };
  return [newUsers, route];
}

function onlyOver(scheme: "http" | "https", match: EnvoyMatch): EnvoyMatch {
  return { ...match, headers: [...(match.headers ?? []), exactHeader("x-forwarded-proto", scheme)] };
}

/** Needed where the route itself would turn a preflight away. The CORS filter answers; nothing is ever forwarded. */
function preflight({ name, match, cors, action }: RouteEntry): EnvoyRoute[] {
  const takesPreflights = match.method === undefined && match.headers.length === 0 && action.kind === "forward";
  if (!cors || takesPreflights) return [];
  return [
    {
      name,
      match: preflightMatch(match),
      typedPerFilterConfig: { [FILTER.cors]: translateCors(cors) },
      // The filter only looks at routes that forward.
      action: {
        case: "route",
        value: { clusterSpecifier: { case: "cluster", value: UNRESOLVED_CLUSTER } },
      },
    },
  ];
}

/** Filters that are off until a route configures them. */
function filterSettings({ cors, externalAuth, action }: RouteEntry): PerFilter {
  const settings: PerFilter = {};
  if (cors) settings[FILTER.cors] = translateCors(cors);
  if (externalAuth) settings[FILTER.externalAuth] = translateExternalAuth(externalAuth);
  if (action.kind === "forward" && action.session) settings[FILTER.session] = translateSession(action.session);
  return settings;
}
