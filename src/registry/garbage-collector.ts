/**
 * Deletes objects whose owners are gone, and lets owners go that wait for them (Kubernetes, "Garbage Collection"): Background
 * deletes dependents after their owner, Foreground before it, Orphan makes them forget it.
 */
import { aborted, pause } from "../lib/aborted.ts";
import { API_KINDS } from "../model/api-kinds.ts";
import { type ObjectKey, objectKey, parseObjectKey } from "../model/keys.ts";
import { apiVersionOf } from "../model/kind-definition.ts";
import {
  FOREGROUND_FINALIZER,
  ORPHAN_FINALIZER,
  type OwnerReference,
  type RawMeta,
  type RawObject,
} from "../model/object-meta.ts";
import type { Store, StoredChange } from "../storage/store.ts";

import { decodeObject } from "./json.ts";
import { isDying } from "./lifecycle.ts";
import { type CleanerOptions, deleteStored, removeFinalizer, rewrite } from "./removal.ts";

const KIND_BY_API_VERSION = new Map(
  API_KINDS.flatMap((definition) =>
    definition.versions.map(
      (version) => [`${apiVersionOf(definition, version)} ${definition.kind}`, definition] as const,
    ),
  ),
);

/** How long to wait when the store takes nothing. Milliseconds. */
const RETRY_MS = 1_000;

export class GarbageCollector {
  readonly #options: CleanerOptions;
  readonly #store: Store;
  readonly #uids = new Map<ObjectKey, string>();
  readonly #keys = new Map<string, ObjectKey>();
  readonly #owners = new Map<ObjectKey, readonly string[]>();
  readonly #dependents = new Map<string, Set<ObjectKey>>();
  readonly #due = new Set<ObjectKey>();
  #work: Promise<void> = Promise.resolve();
  #isWorking = false;
  #signal: AbortSignal = AbortSignal.abort();

  constructor(options: CleanerOptions, store: Store) {
    this.#options = options;
    this.#store = store;
  }

  /** Starts when all sources were read: the owner of a stored object may be in a file. Settles when it has stopped. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    const all = await this.#store.list("");
    for (const { key, value } of all) this.#note(key, decodeObject(value));
    for (const key of this.#owners.keys()) this.#due.add(key);
    for (const { key, value } of all) if (isDying(decodeObject(value))) this.#due.add(key);
    const newest = all.reduce((max, { revision }) => Math.max(max, revision), 0);
    this.#store.watch(newest, (changes) => this.#onCommit(changes), signal);
    this.#start();
    await aborted(signal);
    await this.#work;
  }

  #onCommit(changes: readonly StoredChange[]): void {
    for (const { key, value } of changes) {
      if (value === undefined) {
        const uid = this.#uids.get(key);
        for (const owner of this.#owners.get(key) ?? []) this.#wake(owner);
        this.#forget(key);
        if (uid !== undefined) for (const dependent of this.#dependents.get(uid) ?? []) this.#due.add(dependent);
      } else {
        const object = decodeObject(value);
        this.#note(key, object);
        if (isDying(object) || (object.metadata.ownerReferences ?? []).length > 0) this.#due.add(key);
      }
    }
    this.#start();
  }

  /** An owner that waits for its dependents looks again. */
  #wake(uid: string): void {
    const key = this.#keys.get(uid);
    if (key !== undefined) this.#due.add(key);
  }

  #note(key: ObjectKey, { metadata }: RawObject): void {
    this.#forget(key);
    this.#uids.set(key, metadata.uid ?? "");
    this.#keys.set(metadata.uid ?? "", key);
    const owners = (metadata.ownerReferences ?? []).map(({ uid }) => uid);
    if (owners.length === 0) return;
    this.#owners.set(key, owners);
    for (const uid of owners) this.#dependents.set(uid, (this.#dependents.get(uid) ?? new Set()).add(key));
  }

  #forget(key: ObjectKey): void {
    this.#keys.delete(this.#uids.get(key) ?? "");
    this.#uids.delete(key);
    for (const uid of this.#owners.get(key) ?? []) {
      const dependents = this.#dependents.get(uid);
      dependents?.delete(key);
      if (dependents?.size === 0) this.#dependents.delete(uid);
    }
    this.#owners.delete(key);
  }

  #start(): void {
    if (this.#isWorking || this.#due.size === 0) return;
    this.#isWorking = true;
    this.#work = this.#drain().finally(() => {
      this.#isWorking = false;
    });
  }

  async #drain(): Promise<void> {
    while (this.#due.size > 0 && !this.#signal.aborted) {
      const [key = ""] = this.#due;
      this.#due.delete(key);
      if (await this.#look(key)) continue;
      this.#due.add(key);
      await pause(RETRY_MS, this.#signal);
    }
  }

  /** @returns false if it has to be tried again */
  async #look(key: ObjectKey): Promise<boolean> {
    const stored = this.#options.registry.stored(key);
    if (!stored) return true;
    const object = decodeObject(stored.json);
    const finalizers = object.metadata.finalizers ?? [];
    if (isDying(object) && finalizers.includes(ORPHAN_FINALIZER)) return this.#orphan(key, object);
    if (isDying(object) && finalizers.includes(FOREGROUND_FINALIZER)) return this.#foreground(key, object);
    const owners = object.metadata.ownerReferences ?? [];
    if (isDying(object) || owners.length === 0) return true;
    const living: OwnerReference[] = [];
    for (const owner of owners) if (await this.#lives(owner, object.metadata.namespace ?? "")) living.push(owner);
    if (living.length === owners.length) return true;
    if (living.length === 0) return deleteStored(this.#options, key);
    return this.#setOwners(key, (owner) => living.some(({ uid }) => uid === owner.uid));
  }

  async #orphan(key: ObjectKey, { metadata }: RawObject): Promise<boolean> {
    for (const dependent of this.#dependentsOf(metadata))
      if (!(await this.#setOwners(dependent, ({ uid }) => uid !== metadata.uid))) return false;
    return removeFinalizer(this.#options, key, ORPHAN_FINALIZER);
  }

  async #foreground(key: ObjectKey, { metadata }: RawObject): Promise<boolean> {
    const dependents = this.#dependentsOf(metadata);
    const blocking = dependents.filter((dependent) => this.#blocks(dependent, metadata.uid ?? ""));
    for (const dependent of dependents) if (!(await deleteStored(this.#options, dependent))) return false;
    // Those that are still there wait for finalizers of their own; the last one to go wakes this one.
    return blocking.some((dependent) => this.#options.registry.stored(dependent))
      ? true
      : removeFinalizer(this.#options, key, FOREGROUND_FINALIZER);
  }

  /** Nobody's object is held up or changed by what others write in their namespaces: an owner is of the same, or of none. */
  #dependentsOf({ uid = "", namespace = "" }: RawMeta): readonly ObjectKey[] {
    const dependents = [...(this.#dependents.get(uid) ?? [])];
    return namespace === "" ? dependents : dependents.filter((key) => parseObjectKey(key).namespace === namespace);
  }

  #blocks(dependent: ObjectKey, uid: string): boolean {
    const stored = this.#options.registry.stored(dependent);
    const owners = stored ? (decodeObject(stored.json).metadata.ownerReferences ?? []) : [];
    return owners.some((owner) => owner.uid === uid && owner.blockOwnerDeletion === true);
  }

  #setOwners(key: ObjectKey, keeps: (owner: OwnerReference) => boolean): Promise<boolean> {
    return rewrite(this.#options, key, (before) => {
      const { ownerReferences = [], ...metadata } = before.metadata;
      const kept = ownerReferences.filter(keeps);
      if (kept.length === ownerReferences.length) return before;
      return {
        ...before,
        metadata: kept.length === 0 ? metadata : { ...metadata, ownerReferences: kept },
      } as RawObject;
    });
  }

  /** Owners of kinds that aren't served here can't be judged, so they count as living. */
  async #lives({ apiVersion, kind, name, uid }: OwnerReference, namespace: string): Promise<boolean> {
    const definition = KIND_BY_API_VERSION.get(`${apiVersion} ${kind}`);
    if (!definition) return true;
    const owner = await this.#options.registry.find(objectKey(kind, definition.namespaced ? namespace : "", name));
    return owner?.uid === uid;
  }
}
