import type { SourcedResource } from "../config/source.ts";
import { equal } from "../lib/equal.ts";
import type { ObjectKey } from "../model/keys.ts";
import type { KindDefinition } from "../model/kind-definition.ts";
import type { RawObject } from "../model/object-meta.ts";
import type { DerivedStatus } from "./compose.ts";
import { mergedStatus, namespaceStatus, sourcedObject } from "./compose.ts";
import { History, type HistoryLimits } from "./history.ts";
import { decodeObject, encodeObject } from "./json.ts";
import type { ChangeType, ObjectChange, Owner, ServedObject } from "./served-object.ts";

/** All that is known of one object; what the API serves of it is made from this. */
interface Entry {
  stored?: { readonly json: Buffer; readonly revision: number } | undefined;
  /** In front of what is stored. */
  sourced?: { readonly from: SourcedResource; readonly isBuiltIn: boolean; readonly since: string } | undefined;
  volatile?: RawObject | undefined;
  served?: ServedObject | undefined;
}

export interface ShelfOptions {
  readonly definition: KindDefinition;
  readonly limits: HistoryLimits;
  readonly since: number;
  readonly statusOf: (key: ObjectKey) => DerivedStatus | undefined;
  readonly onChange: (change: ObjectChange) => void;
}

/** All objects of one kind, their history, and what about them was not looked at yet. No I/O, no revisions of its own. */
export class Shelf {
  readonly definition: KindDefinition;
  readonly history: History;
  /** Objects of which something may have changed since they were last made. */
  readonly dirty = new Set<ObjectKey>();
  readonly #options: ShelfOptions;
  readonly #entries = new Map<ObjectKey, Entry>();
  /** Of those that are dirty: not just their status. */
  readonly #moved = new Set<ObjectKey>();
  #sorted: readonly ObjectKey[] | undefined;

  constructor(options: ShelfOptions) {
    this.#options = options;
    this.definition = options.definition;
    this.history = new History(options.since, options.limits);
  }

  get size(): number {
    return this.#entries.size;
  }

  served(key: ObjectKey): ServedObject | undefined {
    return this.#entries.get(key)?.served;
  }

  /** What the store has, also while an object of a file stands in front of it. */
  stored(key: ObjectKey): { readonly json: Buffer; readonly revision: number } | undefined {
    return this.#entries.get(key)?.stored;
  }

  /** Whether it came, changed or went outside of the store since it was last made. */
  hasMoved(key: ObjectKey): boolean {
    return this.#moved.has(key);
  }

  /** By key. */
  *all(): Generator<ServedObject> {
    this.#sorted ??= [...this.#entries.keys()].sort();
    for (const key of this.#sorted) {
      const object = this.#entries.get(key)?.served;
      if (object) yield object;
    }
  }

  setStored(key: ObjectKey, json: Buffer | undefined, revision: number): void {
    this.#entry(key).stored = json && { json, revision };
  }

  /** @returns whether that can change what is served */
  setSourced(key: ObjectKey, sourced: Entry["sourced"]): boolean {
    if (!sourced && !this.#entries.get(key)?.sourced) return false;
    const entry = this.#entry(key);
    const since = entry.sourced?.since ?? sourced?.since;
    entry.sourced = sourced && since !== undefined ? { ...sourced, since } : sourced;
    this.#moved.add(key);
    return true;
  }

  setVolatile(key: ObjectKey, object: RawObject | undefined): void {
    this.#entry(key).volatile = object;
    this.#moved.add(key);
  }

  /** Makes the object anew; if it differs from what was served, that is a change at this revision. */
  refresh(key: ObjectKey, revision: number): void {
    this.dirty.delete(key);
    this.#moved.delete(key);
    const entry = this.#entries.get(key);
    if (!entry) return;
    const previous = entry.served;
    const made = this.#make(key, entry, revision, previous);
    if (made === previous) return;
    entry.served = made;
    if (made) this.#tell(previous ? "MODIFIED" : "ADDED", made, previous);
    else {
      this.#entries.delete(key);
      this.#sorted = undefined;
      if (previous) this.#tell("DELETED", this.#gone(previous, revision), previous);
    }
  }

  #tell(type: ChangeType, object: ServedObject, previous: ServedObject | undefined): void {
    const change = { revision: object.revision, type, object, previous };
    this.history.push(change);
    this.#options.onChange(change);
  }

  #entry(key: ObjectKey): Entry {
    let entry = this.#entries.get(key);
    if (!entry) {
      entry = {};
      this.#entries.set(key, entry);
      this.#sorted = undefined;
    }
    return entry;
  }

  #make(key: ObjectKey, entry: Entry, revision: number, previous: ServedObject | undefined): ServedObject | undefined {
    const based = baseOf(key, entry);
    if (!based) return undefined;
    const { base, owner } = based;
    const status = mergedStatus(base.status, this.#options.statusOf(key) ?? namespaceStatus(base));
    const encode = (resourceVersion: number) =>
      encodeObject({
        ...base,
        metadata: { ...base.metadata, resourceVersion: String(resourceVersion) },
        ...(status === undefined ? {} : { status }),
      } as RawObject);
    // The same object at the same revision has the same bytes.
    if (previous && encode(previous.revision).equals(previous.json))
      return equal(owner, previous.owner) ? previous : this.#replaceOwner(previous, owner);
    const { namespace = "", name, uid = "", labels = {} } = base.metadata;
    return {
      key,
      definition: this.definition,
      namespace,
      name,
      uid,
      revision,
      labels,
      json: encode(revision),
      owner,
    };
  }

  /** Nobody outside can see who owns an object: no change to tell. */
  #replaceOwner(previous: ServedObject, owner: Owner): ServedObject {
    const entry = this.#entries.get(previous.key);
    const replaced = { ...previous, owner };
    if (entry) entry.served = replaced;
    return previous;
  }

  #gone(previous: ServedObject, revision: number): ServedObject {
    const object = decodeObject(previous.json);
    const metadata = { ...object.metadata, resourceVersion: String(revision) };
    return { ...previous, revision, json: encodeObject({ ...object, metadata }) };
  }
}

function baseOf(key: ObjectKey, { stored, sourced, volatile }: Entry): { base: RawObject; owner: Owner } | undefined {
  if (sourced) {
    const { position, source } = sourced.from.origin;
    const owner: Owner = sourced.isBuiltIn ? { kind: "built-in" } : { kind: "file", position, source };
    return { base: sourcedObject(sourced.from, key, sourced.since), owner };
  }
  if (stored) return { base: decodeObject(stored.json), owner: { kind: "store", revision: stored.revision } };
  return volatile && { base: volatile, owner: { kind: "volatile" } };
}
