/** What the routing stage says about the things that a plan touches: looked at before and after, to be compared. */
import type { CompileDelta, Edit } from "../../compiler/compiler.ts";
import { WILDCARD } from "../../compiler/envoy/names.ts";
import type { HostRouting, Split } from "../../compiler/routing/routing.ts";
import type { HostPlace, RoutingView } from "../../compiler/routing/view.ts";
import { type ObjectKey, parseObjectKey } from "../../model/keys.ts";
import { keyOf } from "../../model/metadata.ts";

/** What to look at. */
export interface Scope {
  /** Tables whose wildcard hosts change in some way. */
  readonly wildcardTables: readonly { readonly gateway: ObjectKey; readonly table: string }[];
  /** HybridServices that are edited. */
  readonly services: readonly ObjectKey[];
  /** Legs whose clusters or endpoints change in some way. */
  readonly legs: readonly string[];
}

export interface Sighting {
  readonly wildcards: readonly { readonly place: HostPlace; readonly routing: HostRouting | undefined }[];
  readonly splits: ReadonlyMap<ObjectKey, Split | undefined>;
  /** Where the routes of each service contribute. */
  readonly hosts: ReadonlyMap<ObjectKey, readonly HostPlace[]>;
  /** The service of each leg. */
  readonly services: ReadonlyMap<string, ObjectKey>;
}

export function scopeOf(edits: readonly Edit[], { resources }: CompileDelta): Scope {
  const keys = edits.flatMap((edit) =>
    edit.kind === "set" ? keyOf(edit.resource) : edit.kind === "remove" ? edit.key : [],
  );
  const changes = [...resources].flatMap(([gateway, ofGateway]) => ofGateway.map((change) => ({ gateway, ...change })));
  return {
    wildcardTables: changes.flatMap(({ gateway, type, name }) => {
      const { table, hostname } = parseScopeName(name);
      return type === "RouteConfiguration" && hostname === WILDCARD ? [{ gateway, table }] : [];
    }),
    services: keys.filter((key) => parseObjectKey(key).kind === "HybridService"),
    legs: [...new Set(changes.filter(({ type }) => isOfLeg(type)).map(({ name }) => name))],
  };
}

export function isOfLeg(type: string): boolean {
  return type === "Cluster" || type === "ClusterLoadAssignment";
}

/** The other way round than `scopeName`. */
export function parseScopeName(name: string): { readonly table: string; readonly hostname: string } {
  const [table = "", hostname = ""] = name.split("|");
  return { table, hostname };
}

export function lookAround(routing: RoutingView, { wildcardTables, services, legs }: Scope): Sighting {
  const servicesOfLegs = new Map(
    legs.flatMap((id) => {
      const source = routing.leg(id)?.leg.source;
      return source === undefined ? [] : [[id, source] as const];
    }),
  );
  const wildcards = wildcardTables.flatMap(({ gateway, table }) =>
    routing.wildcardHosts(gateway, table).map((hostname) => ({
      place: { gateway, table, hostname },
      routing: routing.host(gateway, table, hostname),
    })),
  );
  const hostsOf = (service: ObjectKey) =>
    routing.routesOfService(service).flatMap((route) => routing.hostsOfRoute(route));
  return {
    wildcards,
    splits: new Map(services.map((key) => [key, routing.split(key)])),
    hosts: new Map([...services, ...servicesOfLegs.values()].map((key) => [key, hostsOf(key)])),
    services: servicesOfLegs,
  };
}
