import { at, list } from "../lib/fields.ts";
import { formatPercent } from "../lib/percent.ts";
import type { EndpointSet } from "../model/endpoints.ts";
import { GATEWAY_API_GROUP } from "../model/kind-definition.ts";
import { keyOf, type ResourceEnvelope } from "../model/metadata.ts";
import type { ObjectReader, ReadObject } from "./object-reader.ts";
import { FOR_OPERATORS, notShown, section } from "./sections.ts";
import { table } from "./table.ts";

/** The backends of a HybridService with the split in force, their endpoints, and the routes that use it. */
export async function describeService(reader: ObjectReader, object: ReadObject): Promise<string[]> {
  return [section("Backends", await backendsText(reader, object)), await usersPart(reader, object)];
}

async function backendsText(reader: ObjectReader, { resource }: ReadObject): Promise<string> {
  if (!(await reader.may({ path: "/landbridge/v1/service" }))) return FOR_OPERATORS;
  const service = await reader.pages.service(keyOf(resource));
  if ("problem" in service) return notShown(service.problem);
  const rows = (service.value?.backends ?? []).map((backend) => [
    backend.name,
    backend.platform,
    formatPercent(backend.percent),
    backend.looksUp,
    backend.host ?? "<as asked>",
    endpointsText(backend.endpoints),
  ]);
  return table(["NAME", "PLATFORM", "SHARE", "LOOKS UP", "HOST", "ENDPOINTS"], rows);
}

/** "10.1.0.4:8010, 10.1.0.5:8010", and what is wrong with it. */
export function endpointsText(set: EndpointSet): string {
  const shown = set.endpoints
    .slice(0, 4)
    .map(({ address, port }) => (address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`));
  const more = set.endpoints.length > 4 ? [`${set.endpoints.length - 4} more`] : [];
  const addresses = [...shown, ...more].join(", ") || "<none>";
  switch (set.state) {
    case "known":
      return addresses;
    case "stale":
      return `${addresses} (last known: ${set.reason})`;
    case "unknown":
      return `<unknown: ${set.reason}>`;
  }
}

const ROUTES = { kind: "HTTPRoute", group: GATEWAY_API_GROUP, namespaced: true };

/** Who may not see all routes is told of those in the service's namespace. */
async function usersPart(reader: ObjectReader, { resource }: ReadObject): Promise<string> {
  const { namespace } = resource.metadata;
  const seesAll = await reader.may({ group: GATEWAY_API_GROUP, resource: "httproutes", verb: "list" });
  const routes = await reader.objects(ROUTES, seesAll ? {} : { namespace });
  const title = seesAll ? "Used by" : `Used by, in the namespace ${namespace}`;
  if ("problem" in routes) return section(title, notShown(routes.problem));
  const users = routes.value
    .filter(({ resource: route }) => routeUses(route, resource))
    .map(({ resource: route }) => `${route.kind} ${route.metadata.namespace}/${route.metadata.name}`);
  return section(title, users.length === 0 ? "<no route>" : users.join("\n"));
}

function routeUses(route: ResourceEnvelope, { kind, metadata }: ResourceEnvelope): boolean {
  return list(at(route, "spec", "rules"))
    .flatMap((rule) => list(at(rule, "backendRefs")))
    .some(
      (ref) =>
        at(ref, "kind") === kind &&
        at(ref, "name") === metadata.name &&
        (at(ref, "namespace") ?? route.metadata.namespace) === metadata.namespace,
    );
}
