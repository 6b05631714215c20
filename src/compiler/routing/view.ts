/**
 * The routing stage, to look things up in and to print.
 */
import type { Graph } from "../../lib/dataflow/graph.ts";
import type { EndpointSet } from "../../model/endpoints.ts";
import { type ObjectKey, objectKey } from "../../model/keys.ts";
import { gateways, hostEntries, ports, routesOfService, splitWithin, wildcardHosts, within } from "./collections.ts";
import { type GatewayView, gateway } from "./gateway.ts";
import { host } from "./host.ts";
import { httpRoute } from "./http-route.ts";
import { splitOf } from "./hybrid-service.ts";
import { endpointInput, kindGroup } from "./inputs.ts";
import { type LegView, leg, legEndpoints } from "./legs.ts";
import type { HostRouting, PortRouting, Split } from "./routing.ts";

/** A hostname in a table of a gateway. */
export interface HostPlace {
  readonly gateway: ObjectKey;
  readonly table: string;
  readonly hostname: string;
}

export class RoutingView {
  readonly #graph: Graph;

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  /** Gateways that are ours and accepted. */
  gateways(): readonly ObjectKey[] {
    return this.#graph.group(kindGroup("Gateway")).filter((key) => this.#graph.items(gateways, key).length > 0);
  }

  gateway(key: ObjectKey): GatewayView | undefined {
    const view = this.#graph.peek(gateway, key);
    return view === "foreign" ? undefined : view;
  }

  ports(gatewayKey: ObjectKey): readonly PortRouting[] {
    return this.#graph.keys(ports, `${gatewayKey}|`).flatMap((key) => this.#graph.items(ports, key));
  }

  host(gatewayKey: ObjectKey, table: string, hostname: string): HostRouting | undefined {
    return this.#graph.peek(host, within(gatewayKey, table, hostname));
  }

  wildcardHosts(gatewayKey: ObjectKey, table: string): readonly string[] {
    return this.#graph.items(wildcardHosts, within(gatewayKey, table));
  }

  /** All hosts of a gateway, in the order of their names. */
  hosts(gatewayKey: ObjectKey): readonly HostRouting[] {
    return this.#graph.argumentsOf(host, `${gatewayKey}|`).flatMap((place) => this.#graph.peek(host, place) ?? []);
  }

  leg(id: string): LegView | undefined {
    return this.#graph.peek(leg, id);
  }

  legs(): readonly LegView[] {
    return this.#graph.argumentsOf(leg, "").flatMap((id) => this.#graph.peek(leg, id) ?? []);
  }

  /** Where a leg's workloads are, also when no route uses the leg. */
  endpoints(legId: string): EndpointSet {
    const inUse = this.#graph.peek(legEndpoints, legId);
    if (inUse) return inUse;
    const view = this.leg(legId);
    const [refusal] = view?.refusals ?? [];
    if (!view || refusal)
      return { state: "unknown", endpoints: [], reason: refusal?.message ?? "the service does not exist" };
    const found = this.#graph.input(endpointInput(view.leg.endpoints)) as EndpointSet | undefined;
    return found ?? { state: "unknown", endpoints: [], reason: "not looked up" };
  }

  /** The hostnames that have routes in a table, sorted. */
  hostnames(gatewayKey: ObjectKey, table: string): readonly string[] {
    const prefix = within(gatewayKey, table, "");
    return this.#graph.argumentsOf(host, prefix).map((place) => place.slice(prefix.length));
  }

  split(service: ObjectKey): Split | undefined {
    return this.#graph.peek(splitOf, service);
  }

  /** By the prefix of its runtime keys, "split.<namespace>.<name>". */
  splitByPrefix(prefix: string): Split | undefined {
    const [, namespace = "", name = ""] = prefix.split(".");
    return this.split(objectKey("HybridService", namespace, name));
  }

  routesOfService(service: ObjectKey): readonly ObjectKey[] {
    return this.#graph.items(routesOfService, service);
  }

  /** Where an HTTPRoute contributes. */
  hostsOfRoute(route: ObjectKey): readonly HostPlace[] {
    return this.#graph.emittedKeys(httpRoute, route, hostEntries).map((place) => {
      const [gatewayKey = "", table = "", hostname = ""] = splitWithin(place);
      return { gateway: gatewayKey, table, hostname };
    });
  }
}
