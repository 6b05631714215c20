/** Which hosts a plan reaches, and how. */
import { HOST_ASPECTS, type HostAspect, type PlannedHost } from "../../client/plan-view.ts";
import { portOfTable, WILDCARD } from "../../compiler/envoy/names.ts";
import type { HostPlace } from "../../compiler/routing/view.ts";
import { equal } from "../../lib/equal.ts";
import type { ResourceDifference } from "./resources.ts";
import { isOfLeg, parseScopeName, type Sighting } from "./sighting.ts";

export function plannedHosts(
  differences: readonly ResourceDifference[],
  before: Sighting,
  after: Sighting,
): PlannedHost[] {
  const hosts = new PlannedHosts();
  for (const { gateway, type, name, change } of differences) {
    const { table, hostname } = parseScopeName(name);
    if (type === "RouteConfiguration" && hostname !== WILDCARD)
      hosts.add({ gateway, table, hostname }, change, "routes");
  }
  addWildcards(hosts, before, after);
  for (const [service, split] of after.splits) {
    if (!equal(split, before.splits.get(service))) addHostsOf(hosts, service, "weights", before, after);
  }
  // A leg that comes or goes does so with the routes that use it.
  for (const { name } of differences.filter(({ type, change }) => isOfLeg(type) && change === "changed")) {
    const service = after.services.get(name) ?? before.services.get(name);
    if (service !== undefined) addHostsOf(hosts, service, "backends", before, after);
  }
  return hosts.sorted();
}

/** The wildcard hosts of a table share one resource: only they themselves tell which of them differ. */
function addWildcards(hosts: PlannedHosts, before: Sighting, after: Sighting): void {
  const byPlace = ({ wildcards }: Sighting) => new Map(wildcards.map((entry) => [nameOf(entry.place), entry]));
  const [old, next] = [byPlace(before), byPlace(after)];
  for (const [name, { place, routing }] of next) {
    const was = old.get(name);
    if (!was) hosts.add(place, "added", "routes");
    else if (!equal(was.routing, routing)) hosts.add(place, "changed", "routes");
  }
  for (const [name, { place }] of old) if (!next.has(name)) hosts.add(place, "removed", "routes");
}

function addHostsOf(hosts: PlannedHosts, service: string, aspect: HostAspect, before: Sighting, after: Sighting): void {
  // Who used it only before, or only afterwards, has other routes, and is listed for those.
  const still = new Set((before.hosts.get(service) ?? []).map(nameOf));
  for (const place of after.hosts.get(service) ?? []) if (still.has(nameOf(place))) hosts.add(place, "changed", aspect);
}

class PlannedHosts {
  readonly #hosts = new Map<string, { place: HostPlace; change: PlannedHost["change"]; by: Set<HostAspect> }>();

  add(place: HostPlace, change: PlannedHost["change"], aspect: HostAspect): void {
    const known = this.#hosts.get(nameOf(place));
    if (known) known.by.add(aspect);
    else this.#hosts.set(nameOf(place), { place, change, by: new Set([aspect]) });
  }

  sorted(): PlannedHost[] {
    return [...this.#hosts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(
        ([
          ,
          {
            place: { gateway, table, hostname },
            change,
            by,
          },
        ]) => ({
          gateway,
          hostname,
          port: portOfTable(table),
          change,
          by: HOST_ASPECTS.filter((aspect) => by.has(aspect)),
        }),
      );
  }
}

function nameOf({ gateway, table, hostname }: HostPlace): string {
  return `${gateway}|${hostname}|${table}`;
}
