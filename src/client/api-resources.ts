/** What the API serves: its discovery documents, and how users call what is in them. */

import type { ApiTransport } from "./api-transport.ts";
import type { ApiAnswer, ApiResource } from "./api-types.ts";

const AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/** apidiscovery.k8s.io/v2 APIGroupDiscoveryList, as far as it is read. */
interface GroupDiscoveryList {
  readonly items: readonly {
    readonly metadata: { readonly name?: string };
    readonly versions: readonly { readonly version: string; readonly resources?: readonly ResourceDiscovery[] }[];
  }[];
}

interface ResourceDiscovery {
  readonly resource: string;
  readonly responseKind?: { readonly kind: string };
  readonly scope: "Cluster" | "Namespaced";
  readonly singularResource?: string;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly subresources?: readonly { readonly subresource: string }[];
}

/** All resources, each in every version that is served; the preferred version of a group comes first. */
export async function discover(transport: ApiTransport): Promise<ApiAnswer<readonly ApiResource[]>> {
  const [core, named] = await Promise.all(
    ["/api", "/apis"].map((path) =>
      transport.json<GroupDiscoveryList>({ method: "GET", path, accept: `${AGGREGATED},application/json` }),
    ),
  );
  if (!core || !named) throw new Error("both were asked for");
  if ("problem" in core) return core;
  if ("problem" in named) return named;
  return { value: [...resourcesOf(core.value), ...resourcesOf(named.value)] };
}

function resourcesOf({ items }: GroupDiscoveryList): ApiResource[] {
  return items.flatMap(({ metadata, versions }) =>
    versions.flatMap(({ version, resources = [] }) =>
      resources.map((found) => ({
        group: metadata.name ?? "",
        version,
        kind: found.responseKind?.kind ?? "",
        resource: found.resource,
        singular: found.singularResource ?? "",
        shortNames: found.shortNames ?? [],
        categories: found.categories ?? [],
        namespaced: found.scope === "Namespaced",
        verbs: found.verbs,
        subresources: (found.subresources ?? []).map(({ subresource }) => subresource),
      })),
    ),
  );
}

/** As kubectl takes it, in any case: "httproutes", "gw", "HTTPRoute", "httproutes.gateway.networking.k8s.io", with a version between. */
export function findResource(resources: readonly ApiResource[], word: string): ApiResource | undefined {
  const [first = "", ...rest] = word.toLowerCase().split(".");
  const qualifier = rest.join(".");
  return resources.find(
    ({ kind, resource, singular, shortNames, group, version }) =>
      [kind, resource, singular, ...shortNames].some((name) => name.toLowerCase() === first) &&
      ["", group, version, `${version}.${group}`].includes(qualifier),
  );
}

/** Of an object as it is written: its apiVersion and kind. */
export function resourceOfObject(
  resources: readonly ApiResource[],
  { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string },
): ApiResource | undefined {
  return resources.find((resource) => resource.kind === kind && apiVersionOfResource(resource) === apiVersion);
}

export function apiVersionOfResource({ group, version }: Pick<ApiResource, "group" | "version">): string {
  return group === "" ? version : `${group}/${version}`;
}

/** As kubectl names it: "httproute.gateway.networking.k8s.io", "secret". */
export function qualifiedSingular({ singular, group }: Pick<ApiResource, "singular" | "group">): string {
  return group === "" ? singular : `${singular}.${group}`;
}
