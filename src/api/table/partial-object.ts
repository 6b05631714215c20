/** Objects without spec and status: metav1.PartialObjectMetadata. */
import { at } from "../../lib/fields.ts";
import type { MetaVersion } from "../negotiation/representation.ts";

export interface PartialObjectMetadata {
  readonly kind: "PartialObjectMetadata";
  readonly apiVersion: string;
  readonly metadata: unknown;
}

/** metav1.ListMeta. */
export interface ListMeta {
  readonly resourceVersion?: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

export function partialObject(object: unknown, version: MetaVersion): PartialObjectMetadata {
  return { kind: "PartialObjectMetadata", apiVersion: metaVersion(version), metadata: at(object, "metadata") ?? {} };
}

export function partialObjectList(objects: readonly unknown[], version: MetaVersion, metadata: ListMeta): object {
  return {
    kind: "PartialObjectMetadataList",
    apiVersion: metaVersion(version),
    metadata,
    items: objects.map((object) => partialObject(object, version)),
  };
}

/** "meta.k8s.io/v1" */
export function metaVersion(version: MetaVersion): string {
  return `meta.k8s.io/${version}`;
}
