import { type ObjectKey, objectKey } from "./keys.ts";

/** Kubernetes ObjectMeta, the part that means something here. `namespace` is "" for cluster-scoped kinds. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** RFC 3339; decides between routes of equal precedence. Absent in most directories. */
  readonly creationTimestamp?: string | undefined;
  /** Rises with each change of the spec; given by the source that holds the object. */
  readonly generation?: number | undefined;
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
}

/** The envelope every kind shares; kinds add `spec` or their own top-level fields. */
export interface ResourceEnvelope {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

export function keyOf(resource: ResourceEnvelope): ObjectKey {
  return objectKey(resource.kind, resource.metadata.namespace, resource.metadata.name);
}
