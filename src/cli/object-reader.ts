/**
 * Where reading commands get objects from: the control plane's socket on this machine, or the API. What they show is the
 * same, as far as the user may see it.
 */
import type { Answer, LocalClient } from "../client/local-client.ts";
import type { KindView, ObjectView, StatusView } from "../client/local-types.ts";
import type { RawObject } from "../model/object-meta.ts";
import type { Problem } from "../model/problem.ts";
import type { Sight } from "./may-see.ts";

/** Absent fields match everything. */
export interface Selection {
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  /** As kubectl has it: "app=shop,tier!=back". */
  readonly labelSelector?: string | undefined;
  /** "metadata.name=front" */
  readonly fieldSelector?: string | undefined;
}

export interface ReadObject extends ObjectView {
  /** Exactly what the API gave; absent when it wasn't the API. */
  readonly raw?: RawObject;
}

/** Enough of a kind to ask for its objects. */
export type KindRef = Pick<KindView, "kind" | "group" | "namespaced">;

export interface ReadableKind extends KindView {
  /** Names that stand for several kinds at once; absent when they aren't known. */
  readonly categories?: readonly string[];
}

/** Pages about the running control plane. Over the API they are for operators. */
export type ControlPages = Pick<LocalClient, "info" | "service" | "proxies" | "problems" | "compile" | "trace">;

export interface ObjectReader {
  readonly pages: ControlPages;
  /** The namespace that is meant when none is named; undefined: all. */
  readonly ownNamespace: string | undefined;
  /** Whether the user may, so that nothing is tried in vain. */
  may(sight: Sight): Promise<boolean>;
  kinds(): Promise<Answer<readonly ReadableKind[]>>;
  /** By namespace and name. */
  objects(kind: KindRef, selection: Selection): Promise<Answer<readonly ReadObject[]>>;
  /**
   * Calls `onObjects` with all that is there, then with each object that came, changed or went, until `signal` aborts.
   * @returns why it ended before
   */
  watch(
    kind: KindRef,
    selection: Selection,
    onObjects: (objects: readonly ReadObject[]) => void,
    signal: AbortSignal,
  ): Promise<Problem | undefined>;
}

/** What the origin of the API's own objects says. */
export const STORE = "store";

/** The annotation that the API gives to objects of files (registry/compose.ts). */
export const ORIGIN_ANNOTATION = "landbridge.dev/origin";

export function readObjectOf(raw: RawObject): ReadObject {
  const { status, metadata, ...rest } = raw;
  const { name, namespace = "", labels = {}, annotations = {}, ...more } = metadata;
  const resource = { ...rest, metadata: { ...more, name, namespace, labels, annotations } };
  return {
    resource,
    // Statuses that others wrote may have any shape: whoever shows one takes it apart with care.
    ...(status === undefined ? {} : { status: status as StatusView }),
    origin: originOf(raw),
    since: metadata.creationTimestamp ?? "",
    raw,
  };
}

function originOf({ kind, metadata }: RawObject): ObjectView["origin"] {
  const { name, labels = {}, annotations = {} } = metadata;
  const place = annotations[ORIGIN_ANNOTATION] ?? "";
  const [, file, line, column] = /^(.+):(\d+):(\d+)$/.exec(place) ?? [];
  if (file !== undefined)
    return { source: "directory", position: { file, line: Number(line), column: Number(column) } };
  if (kind === "Event") return { source: "control plane" };
  // access/ready-made.ts
  const isBuiltIn = labels["landbridge.dev/ready-made"] === "true" && name.startsWith("landbridge:");
  return { source: isBuiltIn ? "built-in" : STORE };
}
