/** Deleting and releasing objects on behalf of the control plane itself. */
import type { ObjectKey } from "../model/keys.ts";
import type { RawObject } from "../model/object-meta.ts";
import type { JournalNote } from "../storage/store.ts";
import { decodeObject } from "./json.ts";
import { dyingObject, isDead, isDying } from "./lifecycle.ts";
import type { Registry } from "./registry.ts";

export interface CleanerOptions {
  readonly registry: Registry;
  /** RFC 3339, whole seconds. */
  readonly now: () => string;
  /** For the journal. */
  readonly note: (verb: "delete" | "update", before: RawObject, after: RawObject | undefined) => JournalNote;
}

const MAX_TRIES = 20;

/** Deletes an object of the store: at once, or when its finalizers are gone. @returns whether it could be written */
export function deleteStored(options: CleanerOptions, key: ObjectKey): Promise<boolean> {
  return rewrite(options, key, (before) => {
    if (isDying(before)) return before;
    const { finalizers = [] } = before.metadata;
    return finalizers.length === 0 ? undefined : dyingObject(before, options.now(), finalizers);
  });
}

export function removeFinalizer(options: CleanerOptions, key: ObjectKey, finalizer: string): Promise<boolean> {
  return rewrite(options, key, (before) => {
    const { finalizers = [] } = before.metadata;
    if (!finalizers.includes(finalizer)) return before;
    const { finalizers: _, ...metadata } = before.metadata;
    const left = finalizers.filter((each) => each !== finalizer);
    const after = {
      ...before,
      metadata: left.length === 0 ? metadata : { ...metadata, finalizers: left },
    } as RawObject;
    return isDead(after) ? undefined : after;
  });
}

/** Writes what `change` makes of the stored object (the same: nothing to do), again if somebody else was quicker. */
export async function rewrite(
  { registry, note }: CleanerOptions,
  key: ObjectKey,
  change: (before: RawObject) => RawObject | undefined,
): Promise<boolean> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const stored = registry.stored(key);
    if (!stored) return true;
    const before = decodeObject(stored.json);
    const after = change(before);
    if (after === before) return true;
    const write = { key, object: after, expected: stored.revision };
    const outcome = await registry.write([write], note(after ? "update" : "delete", before, after));
    if (outcome.kind === "written") return true;
    if (outcome.kind === "refused") return false;
  }
  return false;
}
