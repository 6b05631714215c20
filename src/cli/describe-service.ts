import type { LocalClient } from "../client/local-client.ts";
import type { ObjectView } from "../client/local-types.ts";
import { at, list } from "../lib/fields.ts";
import { formatPercent } from "../lib/percent.ts";
import type { EndpointSet } from "../model/endpoints.ts";
import { keyOf } from "../model/metadata.ts";
import { section } from "./sections.ts";
import { table } from "./table.ts";

/** The backends of a HybridService with the split in force, their endpoints, and the routes that use it. */
export async function describeService(client: LocalClient, object: ObjectView): Promise<string[]> {
  const service = await client.service(keyOf(object.resource));
  const backends = "value" in service ? (service.value?.backends ?? []) : [];
  const rows = backends.map((backend) => [
    backend.name,
    backend.platform,
    formatPercent(backend.percent),
    backend.looksUp,
    backend.host ?? "<as asked>",
    endpointsText(backend.endpoints),
  ]);
  const routes = await routesThatUse(client, object);
  return [
    section("Backends", table(["NAME", "PLATFORM", "SHARE", "LOOKS UP", "HOST", "ENDPOINTS"], rows)),
    section("Used by", routes.length === 0 ? "<no route>" : routes.join("\n")),
  ];
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

async function routesThatUse(client: LocalClient, { resource }: ObjectView): Promise<string[]> {
  const { name, namespace } = resource.metadata;
  const routes = await client.objects({ kind: "HTTPRoute" });
  if ("problem" in routes) return [];
  return routes.value
    .filter(({ resource: route }) =>
      list(at(route, "spec", "rules"))
        .flatMap((rule) => list(at(rule, "backendRefs")))
        .some(
          (ref) =>
            at(ref, "kind") === resource.kind &&
            at(ref, "name") === name &&
            (at(ref, "namespace") ?? route.metadata.namespace) === namespace,
        ),
    )
    .map(({ resource: route }) => `${route.kind} ${route.metadata.namespace}/${route.metadata.name}`);
}
