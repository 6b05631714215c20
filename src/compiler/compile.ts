import type { EndpointQuery, EndpointSet } from "../model/endpoints.ts";
import type { ObjectKey } from "../model/keys.ts";
import type { AnyResource } from "../model/kinds.ts";
import { Compiler, type Edit } from "./compiler.ts";
import type { EnvoyResource } from "./envoy/resource.ts";
import type { Printable } from "./print.ts";
import type { CompileOptions } from "./routing/routing.ts";
import type { RoutingView } from "./routing/view.ts";
import type { ObjectStatus } from "./status.ts";

export interface FoundEndpoints {
  readonly query: EndpointQuery;
  readonly set: EndpointSet;
}

export interface Compiled {
  /** By gateway; each list sorted by type and name. */
  readonly resources: ReadonlyMap<ObjectKey, readonly EnvoyResource[]>;
  readonly statuses: ReadonlyMap<ObjectKey, ObjectStatus>;
  readonly queries: readonly EndpointQuery[];
  readonly routing: RoutingView;
  readonly printable: Printable;
}

/**
 * The whole estate at once: the specification that `Compiler.update` must equal after any series of edits.
 * Throws on a defect of ours.
 */
export function compile(
  objects: Iterable<AnyResource>,
  endpoints: Iterable<FoundEndpoints>,
  options: CompileOptions,
): Compiled {
  const compiler = new Compiler(options);
  const edits: Edit[] = [];
  const all = [...objects];
  for (const resource of all) edits.push({ kind: "set", resource });
  for (const { query, set } of endpoints) edits.push({ kind: "endpoints", query, set });
  const delta = compiler.update(edits);
  const [defect] = delta.defects;
  if (defect) throw new Error(`compiling ${defect.instance} failed`, { cause: defect.error });
  const resources = [...delta.resources].map(([gateway, changes]) => {
    const made = changes.flatMap((change) => (change.resource ? [change.resource] : []));
    return [gateway, made.sort(compareResources)] as const;
  });
  const statuses = [...delta.statuses].flatMap(([key, status]) => (status ? [[key, status] as const] : []));
  return {
    resources: new Map(resources),
    statuses: new Map(statuses),
    queries: delta.queriesAdded,
    routing: compiler.routing,
    printable: { objects: all, routing: compiler.routing, resources: (gateway) => compiler.resources(gateway) },
  };
}

function compareResources(a: EnvoyResource, b: EnvoyResource): number {
  const left = `${a.type} ${a.name}`;
  const right = `${b.type} ${b.name}`;
  return left < right ? -1 : left > right ? 1 : 0;
}
