/**
 * What was applied last, in the annotation that kubectl has for it and in its very words, so that `kubectl apply` and
 * `landbridge apply` go on from each other.
 */
import type { RawObject } from "../../model/object-meta.ts";
import { type Fields, isFields, threeWayPatch } from "./json-diff.ts";

export const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** The object to be: as written, with the annotation that remembers it. */
export function withLastApplied(written: RawObject): RawObject {
  const object = plainSecret(written);
  const { annotations = {}, ...metadata } = object.metadata;
  const { [LAST_APPLIED]: _, ...own } = annotations;
  const bare = { ...object, metadata: { ...metadata, annotations: own } };
  return {
    ...object,
    metadata: { ...metadata, annotations: { ...own, [LAST_APPLIED]: goJson(remembered(bare)) } },
  };
}

/** What brings the live object to what is written. Empty when it is there already. */
export function applyPatch(written: RawObject, live: RawObject): Fields {
  return threeWayPatch(lastApplied(live), withLastApplied(written) as unknown as Fields, live as unknown as Fields);
}

/** Whether the object was made by other means: what its author takes out of the file can't be told then. */
export function isUnmanaged({ metadata }: RawObject): boolean {
  return metadata.annotations?.[LAST_APPLIED] === undefined;
}

function lastApplied({ metadata }: RawObject): Fields {
  try {
    const value: unknown = JSON.parse(metadata.annotations?.[LAST_APPLIED] ?? "{}");
    return isFields(value) ? (plainSecret(value as unknown as RawObject) as unknown as Fields) : {};
  } catch {
    return {};
  }
}

/** The status isn't its author's. Of a Secret, stringData is what the API makes of it: entries of data. */
function plainSecret({ status: _, ...object }: RawObject): RawObject {
  if (object.kind !== "Secret" || !isFields(object.stringData)) return object as RawObject;
  const { stringData, ...rest } = object;
  const encoded = Object.entries(stringData as Fields).map(([key, value]) => [
    key,
    typeof value === "string" ? Buffer.from(value).toString("base64") : value,
  ]);
  const data = isFields(rest.data) ? rest.data : {};
  return { ...rest, data: { ...data, ...Object.fromEntries(encoded) } } as RawObject;
}

/** Only the names of a Secret's entries matter later, and an annotation isn't sealed as its data is. */
function remembered(object: RawObject): RawObject {
  if (object.kind !== "Secret" || !isFields(object.data)) return object;
  return { ...object, data: Object.fromEntries(Object.keys(object.data).map((key) => [key, ""])) };
}

/** As Go's encoding/json writes maps: keys in order, HTML's signs escaped, a line end. */
function goJson(value: unknown): string {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return `${JSON.stringify(sorted(value)).replace(/[<>&\u2028\u2029]/g, escaped)}\n`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isFields(value)) return value;
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, field]) => [key, sorted(field)]));
}
