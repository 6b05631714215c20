/** The kinds that the API serves: those that files may hold, and those that only the API has. */
import { eventKind } from "./event.ts";
import type { KindDefinition } from "./kind-definition.ts";
import { KINDS } from "./kinds.ts";

export const API_KINDS: readonly KindDefinition[] = [...KINDS, eventKind];

const BY_KIND: ReadonlyMap<string, KindDefinition> = new Map(API_KINDS.map((entry) => [entry.kind, entry]));

const BY_RESOURCE: ReadonlyMap<string, KindDefinition> = new Map(
  API_KINDS.flatMap((entry) =>
    entry.versions.map((version) => [resourceName(entry.group, version, entry.plural), entry] as const),
  ),
);

/** By the exact name of the kind: "HTTPRoute". */
export function apiKindNamed(kind: string): KindDefinition | undefined {
  return BY_KIND.get(kind);
}

/** As a URL names it: "gateway.networking.k8s.io", "v1", "httproutes". The group of core kinds is "". */
export function apiKindByResource(group: string, version: string, plural: string): KindDefinition | undefined {
  return BY_RESOURCE.get(resourceName(group, version, plural));
}

function resourceName(group: string, version: string, plural: string): string {
  return `${group}/${version}/${plural}`;
}
