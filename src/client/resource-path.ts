/** URLs of the resource API (Kubernetes, "API concepts: resource URIs"). */
import type { ApiResource } from "./api-types.ts";

export type ResourceRef = Pick<ApiResource, "group" | "version" | "resource" | "namespaced">;

/** @param namespace "" for all namespaces, and for kinds without */
export function resourcePath(
  { group, version, resource, namespaced }: ResourceRef,
  namespace: string,
  name = "",
  subresource = "",
): string {
  const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  const scope = namespaced && namespace !== "" ? ["namespaces", namespace] : [];
  const parts = [...scope, resource, name, subresource].filter((part) => part !== "");
  return `${root}/${parts.map(encodeURIComponent).join("/")}`;
}

export function withQuery(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const set = Object.entries(query).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== "",
  );
  return set.length === 0 ? path : `${path}?${new URLSearchParams(set)}`;
}
