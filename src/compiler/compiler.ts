/**
 * The compiler: model + endpoints -> routing -> Envoy resources and statuses. Pure: equal inputs give equal outputs,
 * whatever the order in which they came, and one edit costs work in proportion to what it touches.
 */
import { type Defect, Graph } from "../lib/dataflow/graph.ts";
import { type EndpointQuery, type EndpointSet, endpointKey } from "../model/endpoints.ts";
import { type ObjectKey, parseObjectKey } from "../model/keys.ts";
import type { AnyResource } from "../model/kinds.ts";
import { keyOf } from "../model/metadata.ts";
import type { EnvoyResource, ResourceChange, ResourceType } from "./envoy/resource.ts";
import { outputQueries, publishHost, publishLeg, publishWildcards, resources } from "./outputs.ts";
import {
  endpointQueries,
  gatewayLegs,
  gatewaySecrets,
  gatewaySplits,
  gateways,
  hostEntries,
  ports,
  splitWithin,
  tables,
  within,
} from "./routing/collections.ts";
import { gatewayRouting } from "./routing/gateway-routing.ts";
import { fileWildcardHost } from "./routing/host.ts";
import { httpRoute } from "./routing/http-route.ts";
import { hybridQueries } from "./routing/hybrid-service.ts";
import { endpointInput, groupsOf, kindGroup, SYSTEM_TRUST_INPUT } from "./routing/inputs.ts";
import { fileSlice } from "./routing/kubernetes-service.ts";
import type { CompileOptions } from "./routing/routing.ts";
import { RoutingView } from "./routing/view.ts";
import type { ObjectStatus } from "./status.ts";
import { KINDS_WITH_STATUS, publishStatus, statuses } from "./statuses.ts";

export type Edit =
  | { readonly kind: "set"; readonly resource: AnyResource }
  | { readonly kind: "remove"; readonly key: ObjectKey }
  | { readonly kind: "endpoints"; readonly query: EndpointQuery; readonly set: EndpointSet };

/** What one update changed. */
export interface CompileDelta {
  /** By gateway; a gateway that is gone has all of its resources removed. */
  readonly resources: ReadonlyMap<ObjectKey, readonly ResourceChange[]>;
  /** undefined for an object that has no status any more. */
  readonly statuses: ReadonlyMap<ObjectKey, ObjectStatus | undefined>;
  readonly gatewaysAdded: readonly ObjectKey[];
  readonly gatewaysRemoved: readonly ObjectKey[];
  readonly queriesAdded: readonly EndpointQuery[];
  readonly queriesRemoved: readonly EndpointQuery[];
  /** Defects of ours, met on the way; what they touch keeps its last good form. */
  readonly defects: readonly Defect[];
  /** How many pieces were computed anew: the cost of the update, for tests and benchmarks. */
  readonly recomputed: number;
}

export class Compiler {
  readonly #graph = new Graph();
  readonly #queries = new Map<string, EndpointQuery>();
  readonly #gateways = new Set<ObjectKey>();
  readonly routing: RoutingView;

  constructor(options: CompileOptions) {
    const graph = this.#graph;
    const outputs = outputQueries(options);
    graph.setInput(SYSTEM_TRUST_INPUT, options.systemTrust, []);
    graph.spawnForGroup(kindGroup("Gateway"), gatewayRouting(options));
    graph.spawnForGroup(kindGroup("HTTPRoute"), httpRoute);
    graph.spawnForGroup(kindGroup("EndpointSlice"), fileSlice);
    graph.spawnForGroup(kindGroup("HybridService"), hybridQueries);
    const status = publishStatus(options);
    for (const kind of KINDS_WITH_STATUS) graph.spawnForGroup(kindGroup(kind), status);
    graph.spawnForCollection(hostEntries, fileWildcardHost);
    graph.spawnForCollection(hostEntries, publishHost);
    graph.spawnForCollection(tables, publishWildcards);
    graph.spawnForCollection(gatewayLegs, publishLeg);
    graph.spawnForCollection(gatewaySecrets, outputs.publishSecret);
    graph.spawnForCollection(gatewaySplits, outputs.fileSplit);
    graph.spawnForCollection(ports, outputs.publishPort);
    graph.spawnForCollection(gateways, outputs.publishRuntime);
    graph.watch(resources);
    graph.watch(statuses);
    graph.watch(endpointQueries);
    graph.watch(gateways);
    this.routing = new RoutingView(graph);
  }

  update(edits: Iterable<Edit>): CompileDelta {
    const delta = this.#settle(edits);
    for (const gateway of delta.gatewaysAdded) this.#gateways.add(gateway);
    for (const gateway of delta.gatewaysRemoved) this.#gateways.delete(gateway);
    for (const query of delta.queriesAdded) this.#queries.set(endpointKey(query), query);
    for (const query of delta.queriesRemoved) this.#forgetQuery(endpointKey(query));
    return delta;
  }

  /**
   * Shows `look` what `update` would return, while `routing` and `resource` answer as they then would. Afterwards everything
   * is as it was. Costs about twice the work of the update.
   * @returns what `look` returned, and how many pieces were computed anew on the way back
   */
  preview<Seen>(edits: Iterable<Edit>, look: (delta: CompileDelta) => Seen): { seen: Seen; restored: number } {
    const { result, restored } = this.#graph.tryOut(() => look(this.#settle(edits)));
    return { seen: result, restored };
  }

  #settle(edits: Iterable<Edit>): CompileDelta {
    for (const edit of edits) this.#apply(edit);
    const { recomputed, defects } = this.#graph.settle();
    return {
      ...this.#takeGateways(),
      ...this.#takeQueries(),
      resources: this.#takeResources(),
      statuses: this.#takeStatuses(),
      defects,
      recomputed,
    };
  }

  resource(gateway: ObjectKey, type: ResourceType, name: string): EnvoyResource | undefined {
    return this.#graph.items(resources, within(gateway, type, name))[0];
  }

  /** All resources of a gateway, sorted by type and name. Looks at everything: for printing only. */
  resources(gateway: ObjectKey): readonly EnvoyResource[] {
    return this.#graph.keys(resources, `${gateway}|`).flatMap((key) => this.#graph.items(resources, key));
  }

  #apply(edit: Edit): void {
    if (edit.kind === "endpoints") {
      this.#graph.setInput(endpointInput(endpointKey(edit.query)), edit.set, []);
      return;
    }
    const key = edit.kind === "set" ? keyOf(edit.resource) : edit.key;
    const { kind, namespace } = parseObjectKey(key);
    this.#graph.setInput(key, edit.kind === "set" ? edit.resource : undefined, groupsOf(kind, namespace));
  }

  #takeResources(): ReadonlyMap<ObjectKey, ResourceChange[]> {
    const byGateway = new Map<ObjectKey, ResourceChange[]>();
    for (const key of this.#graph.takeChanges(resources)) {
      const [gateway = "", type = "", ...name] = splitWithin(key);
      const [resource] = this.#graph.items<EnvoyResource>(resources, key);
      const changes = byGateway.get(gateway) ?? [];
      changes.push({ type: type as ResourceType, name: name.join("|"), resource });
      byGateway.set(gateway, changes);
    }
    return byGateway;
  }

  #takeStatuses(): ReadonlyMap<ObjectKey, ObjectStatus | undefined> {
    return new Map(this.#graph.takeChanges(statuses).map((key) => [key, this.#graph.items(statuses, key)[0]]));
  }

  #takeGateways() {
    const gatewaysAdded: ObjectKey[] = [];
    const gatewaysRemoved: ObjectKey[] = [];
    for (const key of this.#graph.takeChanges(gateways)) {
      const isThere = this.#graph.items(gateways, key).length > 0;
      if (isThere === this.#gateways.has(key)) continue;
      (isThere ? gatewaysAdded : gatewaysRemoved).push(key);
    }
    return { gatewaysAdded, gatewaysRemoved };
  }

  #takeQueries() {
    const queriesAdded: EndpointQuery[] = [];
    const queriesRemoved: EndpointQuery[] = [];
    for (const key of this.#graph.takeChanges(endpointQueries)) {
      const [asked] = this.#graph.items(endpointQueries, key);
      const before = this.#queries.get(key);
      if (asked && !before) queriesAdded.push(asked);
      else if (!asked && before) queriesRemoved.push(before);
    }
    return { queriesAdded, queriesRemoved };
  }

  #forgetQuery(key: string): void {
    this.#queries.delete(key);
    this.#graph.setInput(endpointInput(key), undefined, []);
  }
}
