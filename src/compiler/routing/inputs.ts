/** Typed access to the graph's inputs: objects by their keys, endpoint sets by theirs. */
import type { Reader } from "../../lib/dataflow/query.ts";
import type { EndpointSet } from "../../model/endpoints.ts";
import { type ObjectKey, objectKey } from "../../model/keys.ts";
import type { AnyResource, KindOf } from "../../model/kinds.ts";

export function readObject<Kind extends AnyResource["kind"]>(
  read: Reader,
  kind: Kind,
  namespace: string,
  name: string,
): KindOf<Kind> | undefined {
  return read.input(objectKey(kind, namespace, name)) as KindOf<Kind> | undefined;
}

export function readByKey<Kind extends AnyResource["kind"]>(read: Reader, key: ObjectKey): KindOf<Kind> | undefined {
  return read.input(key) as KindOf<Kind> | undefined;
}

/** The groups that an object belongs to: all of its kind, and those of its namespace. */
export function groupsOf(kind: string, namespace: string): readonly string[] {
  return [kindGroup(kind), namespaceGroup(kind, namespace)];
}

export function kindGroup(kind: string): string {
  return `kind:${kind}`;
}

export function namespaceGroup(kind: string, namespace: string): string {
  return `namespace:${kind}/${namespace}`;
}

export function endpointInput(endpointKey: string): string {
  return `endpoints:${endpointKey}`;
}

/** Holds what `CompileOptions.systemTrust` is. */
export const SYSTEM_TRUST_INPUT = "system-trust";

export function readEndpoints(read: Reader, endpointKey: string): EndpointSet {
  const set = read.input(endpointInput(endpointKey)) as EndpointSet | undefined;
  return set ?? { state: "unknown", endpoints: [], reason: "not looked up yet" };
}
