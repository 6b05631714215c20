/** The object that the API serves, from what is stored or in a file, and from its status. */
import type { SourcedResource } from "../config/source.ts";
import { namedUuid } from "../lib/named-uuid.ts";
import type { RawObject } from "../model/object-meta.ts";
import { printable } from "../model/print.ts";

/** Where an object of a file stands; the API adds it, so that every client can see it. */
export const ORIGIN_ANNOTATION = "landbridge.dev/origin";

/** A status as the control plane derives it. */
export interface DerivedStatus {
  readonly conditions?: readonly { readonly type: string }[] | undefined;
  readonly parents?: readonly { readonly controllerName: string }[] | undefined;
  /** Of a Namespace. */
  readonly phase?: "Active" | "Terminating";
}

/** An object of a file in API shape. Its uid is the same after a restart: others may name it as their owner. */
export function sourcedObject({ resource, origin }: SourcedResource, key: string, since: string): RawObject {
  const { apiVersion, kind, metadata, ...body } = printable(resource) as RawObject;
  const { position } = origin;
  const place = position ? { [ORIGIN_ANNOTATION]: `${position.file}:${position.line}:${position.column}` } : {};
  const annotations = { ...metadata.annotations, ...place };
  return {
    apiVersion,
    kind,
    metadata: {
      ...metadata,
      uid: metadata.uid ?? namedUuid(`landbridge object ${key}`),
      creationTimestamp: metadata.creationTimestamp ?? since,
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    },
    ...body,
  };
}

/** Whether a Namespace takes new objects (core/v1, NamespaceStatus): all that there is to say of it. */
export function namespaceStatus({ kind, metadata }: RawObject): DerivedStatus | undefined {
  if (kind !== "Namespace") return undefined;
  return { phase: metadata.deletionTimestamp === undefined ? "Active" : "Terminating" };
}

/**
 * Other controllers may write into a status too: their conditions and parents stay beside ours (Gateway API, "RouteStatus":
 * each controller has its own entries).
 */
export function mergedStatus(written: unknown, derived: DerivedStatus | undefined): unknown {
  if (derived === undefined) return written;
  if (typeof written !== "object" || written === null) return derived;
  const theirs = written as DerivedStatus;
  const merged: Record<string, unknown> = { ...theirs, ...derived };
  const conditions = beside(theirs.conditions, derived.conditions, ({ type }) => type);
  if (conditions) merged.conditions = conditions;
  const parents = beside(theirs.parents, derived.parents, ({ controllerName }) => controllerName);
  if (parents) merged.parents = parents;
  return merged;
}

function beside<Entry>(
  theirs: readonly Entry[] | undefined,
  ours: readonly Entry[] | undefined,
  nameOf: (entry: Entry) => string,
): readonly Entry[] | undefined {
  if (!ours || !Array.isArray(theirs)) return ours ?? theirs;
  const names = new Set(ours.map(nameOf));
  return [...ours, ...theirs.filter((entry) => !names.has(nameOf(entry)))];
}
