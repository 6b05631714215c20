/** What kubectl asks first: which groups, versions and resources there are (Kubernetes, "API discovery"). */
import { API_KINDS } from "../../model/api-kinds.ts";
import type { KindDefinition } from "../../model/kind-definition.ts";
import { hasStatus, STATUS_VERBS, verbsOf } from "../resources/subresources.ts";
import { REVIEWS, type ReviewDefinition } from "../reviews/definitions.ts";

interface GroupVersion {
  readonly group: string;
  readonly version: string;
}

/** Groups with their versions, the preferred one first, in the order of the table of kinds. */
const GROUPS: ReadonlyMap<string, readonly string[]> = groups();

function groups(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { group, versions } of [...API_KINDS, ...REVIEWS]) {
    const known = found.get(group) ?? [];
    found.set(group, [...known, ...versions.filter((version) => !known.includes(version))]);
  }
  return found;
}

/** GET /api */
export function coreVersions(): unknown {
  return { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [] };
}

/** GET /apis */
export function groupList(): unknown {
  const named = [...GROUPS.keys()].filter((group) => group !== "");
  return { kind: "APIGroupList", apiVersion: "v1", groups: named.map((group) => groupEntry(group)) };
}

/** GET /apis/<group>; undefined when there is none of this name. */
export function groupDocument(group: string): unknown {
  return group !== "" && GROUPS.has(group) ? { kind: "APIGroup", apiVersion: "v1", ...groupEntry(group) } : undefined;
}

function groupEntry(group: string) {
  const versions = (GROUPS.get(group) ?? []).map((version) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions, preferredVersion: versions[0] };
}

/** GET /api/v1 and /apis/<group>/<version>; undefined when there is no such version. */
export function resourceList({ group, version }: GroupVersion): unknown {
  if (!GROUPS.get(group)?.includes(version)) return undefined;
  const resources = [
    ...kindsOf({ group, version }).flatMap((definition) => resourceEntries(definition)),
    ...reviewsOf({ group, version }).map(({ plural, singular, kind }) => ({
      name: plural,
      singularName: singular,
      namespaced: false,
      kind,
      verbs: ["create"],
    })),
  ];
  const groupVersion = group === "" ? version : `${group}/${version}`;
  return { kind: "APIResourceList", apiVersion: "v1", groupVersion, resources };
}

function resourceEntries(definition: KindDefinition): object[] {
  const { plural, singular, namespaced, kind, shortNames, categories = [] } = definition;
  const own = {
    name: plural,
    singularName: singular,
    namespaced,
    kind,
    verbs: verbsOf(definition),
    ...(shortNames.length > 0 ? { shortNames } : {}),
    ...(categories.length > 0 ? { categories } : {}),
  };
  const status = { name: `${plural}/status`, singularName: "", namespaced, kind, verbs: STATUS_VERBS };
  return hasStatus(definition) ? [own, status] : [own];
}

/** GET /api and /apis as one document (apidiscovery.k8s.io/v2): all that a client needs in two requests. */
export function aggregatedDiscovery(root: "api" | "apis", version: "v2" | "v2beta1"): unknown {
  const wanted = [...GROUPS].filter(([group]) => (group === "") === (root === "api"));
  return {
    kind: "APIGroupDiscoveryList",
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: wanted.map(([group, versions]) => ({
      metadata: { name: group },
      versions: versions.map((each) => ({
        version: each,
        freshness: "Current",
        resources: [
          ...kindsOf({ group, version: each }).map((definition) => discoveryEntry(definition, each)),
          ...reviewsOf({ group, version: each }).map(({ plural, singular, kind }) => ({
            resource: plural,
            responseKind: { group, version: each, kind },
            scope: "Cluster",
            singularResource: singular,
            verbs: ["create"],
          })),
        ],
      })),
    })),
  };
}

function discoveryEntry(definition: KindDefinition, version: string): object {
  const { group, kind, plural, singular, namespaced, shortNames, categories = [] } = definition;
  const responseKind = { group, version, kind };
  const status = { subresource: "status", responseKind, verbs: STATUS_VERBS };
  return {
    resource: plural,
    responseKind,
    scope: namespaced ? "Namespaced" : "Cluster",
    singularResource: singular,
    verbs: verbsOf(definition),
    ...(shortNames.length > 0 ? { shortNames } : {}),
    ...(categories.length > 0 ? { categories } : {}),
    ...(hasStatus(definition) ? { subresources: [status] } : {}),
  };
}

function kindsOf({ group, version }: GroupVersion): KindDefinition[] {
  return API_KINDS.filter((kind) => kind.group === group && kind.versions.includes(version));
}

function reviewsOf({ group, version }: GroupVersion): ReviewDefinition[] {
  return REVIEWS.filter((review) => review.group === group && review.versions.includes(version));
}
