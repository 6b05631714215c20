/**
 * What the API itself does to an object on its way in: names, identity, generation, deletion. Pure; the rules are those of
 * "Kubernetes API Conventions" (metadata, spec and status) and of "Finalizers" and "Garbage Collection" in its docs.
 */
import { equal } from "../lib/equal.ts";
import type { RawMeta, RawObject } from "../model/object-meta.ts";
import { ORIGIN_ANNOTATION } from "./compose.ts";

export interface Birth {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  /** RFC 3339, whole seconds. */
  readonly now: string;
}

/** A new object as it is stored. Its author has no say in identity, times, generation and status. */
export function bornObject(object: RawObject, { name, namespace, uid, now }: Birth): RawObject {
  const rest: RawObject = { ...object, status: undefined };
  const { generateName, labels, finalizers, ownerReferences } = object.metadata;
  const annotations = ownAnnotations(object.metadata);
  return {
    ...withoutStringData(rest),
    metadata: tidyMeta({
      name,
      ...(generateName === undefined ? {} : { generateName }),
      ...(namespace === "" ? {} : { namespace }),
      uid,
      creationTimestamp: now,
      generation: 1,
      labels,
      annotations,
      finalizers,
      ownerReferences,
    }),
  };
}

/** The next version of an object: what its author may change comes from `after`, everything else stays. */
export function changedObject(before: RawObject, after: RawObject): RawObject {
  const rest: RawObject = { ...after, status: undefined };
  const { labels, finalizers, ownerReferences } = after.metadata;
  const annotations = ownAnnotations(after.metadata);
  const metadata = tidyMeta({ ...before.metadata, labels, annotations, finalizers, ownerReferences });
  const changed: RawObject = {
    ...withoutStringData(rest),
    metadata,
    ...(before.status === undefined ? {} : { status: before.status }),
  };
  if (equal(desired(before), desired(changed))) return changed;
  return { ...changed, metadata: { ...metadata, generation: (before.metadata.generation ?? 0) + 1 } };
}

/** Only the status is taken. */
export function objectWithStatus(before: RawObject, after: RawObject): RawObject {
  const { status: _, ...rest } = before;
  return after.status === undefined ? rest : { ...rest, status: after.status };
}

/** An object that waits for its finalizers. It can't come back. */
export function dyingObject(before: RawObject, now: string, finalizers: readonly string[]): RawObject {
  const { deletionTimestamp = now, generation = 0 } = before.metadata;
  const isNew = before.metadata.deletionTimestamp === undefined;
  return {
    ...before,
    metadata: tidyMeta({
      ...before.metadata,
      finalizers,
      deletionTimestamp,
      deletionGracePeriodSeconds: 0,
      generation: isNew ? generation + 1 : generation,
    }),
  };
}

export function isDying({ metadata }: RawObject): boolean {
  return metadata.deletionTimestamp !== undefined;
}

/** Nothing holds the object back any more. */
export function isDead(object: RawObject): boolean {
  return isDying(object) && (object.metadata.finalizers ?? []).length === 0;
}

/** Without the one that says where an object of a file stands: an object of the store stands in none. */
function ownAnnotations({ annotations }: RawMeta): RawMeta["annotations"] {
  if (annotations === undefined || !Object.hasOwn(annotations, ORIGIN_ANNOTATION)) return annotations;
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => key !== ORIGIN_ANNOTATION));
}

function desired(object: RawObject): object {
  return { ...object, metadata: undefined, status: undefined };
}

/** Kubernetes writes stringData of a Secret into its data and never gives it back. */
function withoutStringData(object: RawObject): RawObject {
  if (object.kind !== "Secret" || object.stringData === undefined) return object;
  const { stringData, ...secret } = object;
  const encoded = Object.entries(stringData as Record<string, string>).map(([entry, text]) => [
    entry,
    Buffer.from(text).toString("base64"),
  ]);
  return { ...(secret as RawObject), data: { ...(secret.data as object | undefined), ...Object.fromEntries(encoded) } };
}

/** Without empty lists and maps, which mean the same as absent ones. */
function tidyMeta(metadata: { readonly [Field in keyof RawMeta]: RawMeta[Field] | undefined }): RawMeta {
  const kept = Object.entries(metadata).filter(([, value]) => value !== undefined && !isEmpty(value));
  return Object.fromEntries(kept) as unknown as RawMeta;
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
