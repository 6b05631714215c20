/**
 * Every value between a file and a proxy, as plain data: what `landbridge compile` prints and golden tests compare.
 */
import type { ObjectKey } from "../model/keys.ts";
import type { AnyResource } from "../model/kinds.ts";
import { keyOf } from "../model/metadata.ts";
import { toPlain } from "./envoy/describe.ts";
import type { EnvoyResource } from "./envoy/resource.ts";
import type { HeaderChanges, HostRouting, RouteEntry } from "./routing/routing.ts";
import { legsOf } from "./routing/rules.ts";
import type { RoutingView } from "./routing/view.ts";

export type Stage = "model" | "routing" | "envoy";

export interface Printable {
  readonly objects: readonly AnyResource[];
  readonly routing: RoutingView;
  readonly resources: (gateway: ObjectKey) => readonly EnvoyResource[];
}

/** @param only what belongs to this object; absent: everything. Secrets' content is left out. */
export function printStage(stage: Stage, compiled: Printable, only?: ObjectKey): unknown {
  switch (stage) {
    case "model":
      return compiled.objects
        .filter((object) => only === undefined || keyOf(object) === only)
        .sort(byKey)
        .map(redacted);
    case "routing":
      return Object.fromEntries(
        compiled.routing.gateways().map((gateway) => [gateway, printRouting(compiled.routing, gateway, only)]),
      );
    case "envoy":
      return Object.fromEntries(
        compiled.routing.gateways().map((gateway) => [gateway, printResources(compiled.resources(gateway), only)]),
      );
  }
}

function byKey(a: AnyResource, b: AnyResource): number {
  return keyOf(a) < keyOf(b) ? -1 : 1;
}

function redacted(object: AnyResource): AnyResource {
  if (object.kind !== "Secret") return object;
  return { ...object, data: Object.fromEntries(Object.keys(object.data).map((key) => [key, "(redacted)"])) };
}

function printRouting(routing: RoutingView, gateway: ObjectKey, only: ObjectKey | undefined): unknown {
  const concerns = (host: HostRouting) =>
    only === undefined || only === gateway || host.routes.some((route) => uses(routing, route, only));
  const hosts = routing.hosts(gateway).filter(concerns);
  const legs = new Set(hosts.flatMap((host) => host.routes).flatMap(legsOf));
  const services = new Set([...legs].map((id) => routing.leg(id)?.leg.source ?? ""));
  return clean({
    ports: routing.ports(gateway).map(({ gateway: _, ...port }) => port),
    hosts: hosts.map((host) => ({ ...host, routes: host.routes.map(printRoute) })),
    legs: [...legs].sort().map((id) => ({ ...routing.leg(id)?.leg, found: routing.endpoints(id) })),
    splits: [...services].sort().flatMap((service) => {
      const split = routing.split(service);
      return split && split.weights.length > 1 ? [split] : [];
    }),
  });
}

function uses(routing: RoutingView, route: RouteEntry, object: ObjectKey): boolean {
  return route.source === object || legsOf(route).some((id) => routing.leg(id)?.leg.source === object);
}

/** Leaves out what changes nothing, so that what is there can be read. */
function printRoute(route: RouteEntry): unknown {
  const { request, response, match, action, ...rest } = route;
  return {
    ...rest,
    match: { ...match, headers: present(match.headers), queryParams: present(match.queryParams) },
    request: changes(request),
    response: changes(response),
    action:
      action.kind !== "forward"
        ? action
        : {
            ...action,
            backends: action.backends.map((backend) => ({
              ...backend,
              request: changes(backend.request),
              response: changes(backend.response),
            })),
            stickiness: present(action.stickiness),
            mirrors: present(action.mirrors),
          },
  };
}

function present<Item>(list: readonly Item[]): readonly Item[] | undefined {
  return list.length > 0 ? list : undefined;
}

function changes({ set, add, remove }: HeaderChanges): unknown {
  const parts = { set: present(set), add: present(add), remove: present(remove) };
  return Object.values(parts).some((part) => part) ? parts : undefined;
}

/** Fields without a value are no fields. */
function clean(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(entries.map(([key, field]) => [key, clean(field)]));
}

function printResources(resources: readonly EnvoyResource[], only: ObjectKey | undefined): unknown {
  const shown = resources.filter((resource) => only === undefined || resource.owners.includes(only));
  const byType = Map.groupBy(shown, ({ type }) => type);
  return Object.fromEntries([...byType].map(([type, list]) => [type, list.map(toPlain)]));
}
