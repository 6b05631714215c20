/** The object that the API serves, from what is stored or in a file, and from its status. */
import type { SourcedResource } from "../config/source.ts";
import { namedUuid } from "../lib/named-uuid.ts";
import type { RawObject } from "../model/object-meta.ts";
import { isFields } from "../model/object-reader.ts";
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
  if (!isFields(written)) return derived;
  const theirs = written as DerivedStatus;
  const merged: Record<string, unknown> = { ...theirs, ...derived };
  const conditions = beside(theirs.conditions, derived.conditions, ({ type }) => type);
  if (conditions) merged.conditions = conditions;
  const parents = beside(theirs.parents, derived.parents, ({ controllerName }) => controllerName);
  if (parents) merged.parents = parents;
  return merged;
}

/**
 * What of a written status is another controller's to say: that alone is stored. Clients write a status back whole, and what
 * is ours in it would otherwise go on being shown when we no longer say it. What is no condition and no parent is left out.
 */
export function foreignStatus(written: unknown, derived: DerivedStatus = {}): unknown {
  if (!isFields(written)) return undefined;
  const { conditions, parents, ...rest } = written as DerivedStatus;
  const ours = new Set(Object.keys(derived));
  const left: Record<string, unknown> = Object.fromEntries(Object.entries(rest).filter(([field]) => !ours.has(field)));
  const theirConditions = others(conditions, derived.conditions, ({ type }) => type);
  if (theirConditions) left.conditions = theirConditions;
  const theirParents = others(parents, derived.parents, ({ controllerName }) => controllerName);
  if (theirParents) left.parents = theirParents;
  return Object.keys(left).length === 0 ? undefined : left;
}

/** Those of any JSON that are entries and not among ours; undefined for none. */
function others<Entry>(
  theirs: readonly Entry[] | undefined,
  ours: readonly Entry[] | undefined,
  nameOf: (entry: Entry) => string,
): readonly Entry[] | undefined {
  if (!Array.isArray(theirs)) return undefined;
  const names = new Set(ours?.map(nameOf));
  const left = (theirs as readonly Entry[]).filter((entry) => isFields(entry) && !names.has(nameOf(entry)));
  return left.length === 0 ? undefined : left;
}

function beside<Entry>(
  theirs: readonly Entry[] | undefined,
  ours: readonly Entry[] | undefined,
  nameOf: (entry: Entry) => string,
): readonly Entry[] | undefined {
  if (!ours || !Array.isArray(theirs)) return ours ?? theirs;
  return [...ours, ...(others(theirs, ours, nameOf) ?? [])];
}
