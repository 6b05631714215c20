/** JSON Merge Patch (RFC 7396). */
import { copyOf, isRecord, ownField, setField } from "./json-value.ts";
import { attempt, type Patched, refuse } from "./patch-refusal.ts";

/** The value shares what didn't change with the target. A patch of an object is an object. */
export function applyMergePatch(target: unknown, patch: unknown): Patched {
  return attempt(() =>
    isRecord(patch) ? mergePatch(target, patch) : refuse("BadRequest", "a merge patch is a JSON object"),
  );
}

/** The function of the RFC's section 2, for any two values. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const merged = isRecord(target) ? copyOf(target) : {};
  for (const [name, change] of Object.entries(patch)) {
    if (change === null) delete merged[name];
    else setField(merged, name, mergePatch(ownField(merged, name), change));
  }
  return merged;
}
