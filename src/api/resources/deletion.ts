/** What holds a deleted object back (Kubernetes, "Finalizers" and "Garbage Collection"). */
import { FOREGROUND_FINALIZER, ORPHAN_FINALIZER, type RawObject } from "../../model/object-meta.ts";
import { CONTENT_FINALIZER } from "../../registry/finalizers.ts";
import type { Propagation } from "./object-writer.ts";

/** The finalizers of an object that is deleted now; without any it goes at once. */
export function heldBy(object: RawObject, propagation: Propagation): readonly string[] {
  const own = (object.metadata.finalizers ?? []).filter(
    (finalizer) => finalizer !== ORPHAN_FINALIZER && finalizer !== FOREGROUND_FINALIZER,
  );
  const content = object.kind === "Namespace" && !own.includes(CONTENT_FINALIZER) ? [CONTENT_FINALIZER] : [];
  const dependents =
    propagation === "Foreground" ? [FOREGROUND_FINALIZER] : propagation === "Orphan" ? [ORPHAN_FINALIZER] : [];
  return [...own, ...content, ...dependents];
}
