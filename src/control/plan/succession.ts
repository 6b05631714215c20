/** What an object becomes when another version of it takes its place. */
import { equal } from "../../lib/equal.ts";
import type { AnyResource } from "../../model/kinds.ts";

/** With what a server keeps through all versions of an object, and the generation that it would give this one. */
export function succeed(next: AnyResource, before: AnyResource | undefined): AnyResource {
  const { metadata } = next;
  const old = before?.metadata;
  const last = old?.generation ?? 0;
  const generation = before && equal(body(next), body(before)) ? last : last + 1;
  const creationTimestamp = metadata.creationTimestamp ?? old?.creationTimestamp;
  const uid = metadata.uid ?? old?.uid;
  return { ...next, metadata: { ...metadata, generation, creationTimestamp, uid } } as AnyResource;
}

/** Whether nobody could tell one version from the other, but for the number that a server gives each. */
export function isSame(a: AnyResource, b: AnyResource): boolean {
  const meant = (resource: AnyResource) => ({
    ...resource.metadata,
    generation: undefined,
    resourceVersion: undefined,
  });
  return equal(body(a), body(b)) && equal(meant(a), meant(b));
}

function body(resource: AnyResource): object {
  return { ...resource, metadata: undefined, status: undefined };
}
