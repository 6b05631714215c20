import type { KindDefinition } from "../../model/kind-definition.ts";
import type { RawObject } from "../../model/object-meta.ts";
import { patchStrategyOf } from "../../model/patch-merge-keys.ts";
import { applyJsonPatch } from "../patch/json-patch.ts";
import { applyMergePatch } from "../patch/merge-patch.ts";
import { applyStrategicMergePatch } from "../patch/strategic-merge-patch.ts";
import { badRequest } from "../status/failures.ts";
import { failure, refused } from "../status/status.ts";
import type { ParsedBody } from "./api-request.ts";
import type { Result } from "./object-writer.ts";
import { takesStrategicPatch } from "./subresources.ts";

/** What the patch makes of an object. */
export function applyPatch(
  target: RawObject,
  { type, value }: ParsedBody,
  definition: KindDefinition,
): Result<unknown> {
  if (type === "object")
    return { failure: badRequest("a PATCH needs the content type of a patch, such as application/merge-patch+json") };
  if (type === "strategic-merge-patch" && !takesStrategicPatch(definition)) {
    const message = `the body of the request was in an unknown format - accepted media types for ${definition.kind} include: application/json-patch+json, application/merge-patch+json`;
    return { failure: failure("UnsupportedMediaType", message) };
  }
  const patched =
    type === "json-patch"
      ? applyJsonPatch(target, value)
      : type === "merge-patch"
        ? applyMergePatch(target, value)
        : applyStrategicMergePatch(target, value, (path) => patchStrategyOf(definition.kind, path));
  return "problem" in patched ? { failure: refused(patched.problem) } : patched;
}
