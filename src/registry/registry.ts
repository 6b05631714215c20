/**
 * All objects that the API serves: those of the store, of files, built-in and passing ones, each with its status, in one
 * order of revisions. Statuses that nobody looks at cost nothing: they are made when somebody reads or watches.
 */
import type { SourceUpdate } from "../config/source.ts";
import { API_KINDS } from "../model/api-kinds.ts";
import { type ObjectKey, parseObjectKey } from "../model/keys.ts";
import { keyOf } from "../model/metadata.ts";
import type { RawObject } from "../model/object-meta.ts";
import type { JournalNote, Store, StoredChange, WriteOutcome } from "../storage/store.ts";
import { type DerivedStatus, foreignStatus, namespaceStatus } from "./compose.ts";
import type { HistoryLimits } from "./history.ts";
import { encodeObject } from "./json.ts";
import type { ObjectChange, ServedObject } from "./served-object.ts";
import { Shelf } from "./shelf.ts";

/** What a source of built-in objects calls itself. */
export const BUILT_IN = "built-in";
/** What the source of the store calls itself. */
export const STORE = "store";

const LIMITS: HistoryLimits = { changes: 4096, bytes: 4 * 1024 * 1024 };

export interface RegistryOptions {
  readonly store: Store;
  readonly statusOf: (key: ObjectKey) => DerivedStatus | undefined;
  readonly limits?: HistoryLimits;
  /** RFC 3339, whole seconds. */
  readonly now: () => string;
}

/** One object of a write. */
export interface ObjectWrite {
  readonly key: ObjectKey;
  /** undefined deletes it. */
  readonly object: RawObject | undefined;
  /** The store's revision of it, 0: it isn't there. */
  readonly expected: number;
}

export class Registry {
  readonly #options: RegistryOptions;
  readonly #shelves: ReadonlyMap<string, Shelf>;
  readonly #listeners = new Map<string, Set<(change: ObjectChange) => void>>();
  readonly #flushes = new Map<Shelf, Promise<void>>();
  #revision: number;

  private constructor(options: RegistryOptions) {
    this.#options = options;
    this.#revision = options.store.revision;
    const { statusOf, limits = LIMITS } = options;
    const onChange = (change: ObjectChange) => this.#tell(change);
    this.#shelves = new Map(
      API_KINDS.map((definition) => [
        definition.kind,
        new Shelf({ definition, limits, since: this.#revision, statusOf, onChange }),
      ]),
    );
  }

  /** Loads what the store has and follows it until `signal` aborts. */
  static async open(options: RegistryOptions, signal: AbortSignal): Promise<Registry> {
    const all = await options.store.list("");
    const registry = new Registry(options);
    for (const { key, value, revision } of all) {
      const shelf = registry.#shelfOf(key);
      shelf?.setStored(key, value, revision);
      shelf?.refresh(key, revision);
    }
    const started = options.store.watch(registry.#revision, (changes) => registry.#onCommit(changes), signal);
    if (started.kind === "compacted") throw new Error("the store forgot changes while it was read");
    return registry;
  }

  /**
   * Makes whoever was there in an earlier life of the control plane list anew: nobody was told what came and went in between,
   * such as objects of files. To be called before anybody is served.
   */
  async forgetPast(): Promise<void> {
    const revision = await this.#options.store.advance(1);
    this.#revision = Math.max(this.#revision, revision);
    for (const { history } of this.#shelves.values()) history.forgetUpTo(revision);
  }

  /** The newest revision that anybody can have seen. */
  get revision(): number {
    return this.#revision;
  }

  /** Brought up to date. */
  async get(key: ObjectKey): Promise<ServedObject | undefined> {
    const shelf = this.#shelfOf(key);
    if (shelf?.dirty.has(key)) await this.#flush(shelf);
    return shelf?.served(key);
  }

  /** Enough for what doesn't depend on its status. An object of a file that nobody has looked at is made: it is there. */
  async find(key: ObjectKey): Promise<ServedObject | undefined> {
    const shelf = this.#shelfOf(key);
    if (shelf?.hasMoved(key)) await this.#flush(shelf);
    return shelf?.served(key);
  }

  /** As it was last made, if it ever was. */
  peek(key: ObjectKey): ServedObject | undefined {
    return this.#shelfOf(key)?.served(key);
  }

  stored(key: ObjectKey): { readonly json: Buffer; readonly revision: number } | undefined {
    return this.#shelfOf(key)?.stored(key);
  }

  /** What of the status that somebody writes is theirs to say. */
  foreignStatus(key: ObjectKey, written: RawObject): unknown {
    return foreignStatus(written.status, this.#options.statusOf(key) ?? namespaceStatus(written));
  }

  /** All of a kind by key, brought up to date; every object of it has at most the revision that comes with it. */
  async list(kind: string): Promise<{ readonly objects: Iterable<ServedObject>; readonly revision: number }> {
    const shelf = this.#shelf(kind);
    await this.#flush(shelf);
    return { objects: shelf.all(), revision: this.#revision };
  }

  /** As of an earlier revision; undefined when that isn't known any more. */
  listAt(kind: string, revision: number): readonly ServedObject[] | undefined {
    const shelf = this.#shelf(kind);
    if (revision < shelf.history.knownSince) return undefined;
    const then = new Map<ObjectKey, ServedObject | undefined>();
    for (const { object, previous } of shelf.history.backTo(revision)) then.set(object.key, previous);
    const objects = new Map(Array.from(shelf.all(), (object) => [object.key, object] as const));
    for (const [key, object] of then) {
      if (object) objects.set(key, object);
      else objects.delete(key);
    }
    return [...objects.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** The first change of a kind after a revision; "expired" when changes after it are no longer known. */
  next(kind: string, revision: number): ObjectChange | "expired" | undefined {
    const { history } = this.#shelf(kind);
    return revision < history.knownSince ? "expired" : history.next(revision);
  }

  /** Calls `onChange` for every change of a kind, when it is made, until `signal` aborts. */
  watch(kind: string, onChange: (change: ObjectChange) => void, signal: AbortSignal): void {
    if (signal.aborted) return;
    const listeners = this.#listeners.get(kind) ?? new Set();
    this.#listeners.set(kind, listeners.add(onChange));
    signal.addEventListener("abort", () => listeners.delete(onChange), { once: true });
    void this.#flush(this.#shelf(kind));
  }

  /** All or nothing. When it settles, every watcher has been told. */
  write(writes: readonly ObjectWrite[], note?: JournalNote): Promise<WriteOutcome> {
    return this.#options.store.write(
      writes.map(({ key, object, expected }) => ({ key, value: object && encodeObject(object), expected })),
      note,
    );
  }

  /** Puts, replaces or (undefined) takes away an object that isn't kept. */
  setVolatile(key: ObjectKey, object: RawObject | undefined): void {
    this.#shelfOf(key)?.setVolatile(key, object);
    this.touch([key]);
  }

  /** What files and built-in objects changed to. Objects of the store are known already: here they come to light again. */
  applySources({ upserts, removals }: Pick<SourceUpdate, "upserts" | "removals">): void {
    const since = upserts.some(({ origin }) => origin.source !== STORE) ? this.#options.now() : "";
    const touched: ObjectKey[] = [];
    for (const from of upserts) {
      const key = keyOf(from.resource);
      const { source } = from.origin;
      const sourced = source === STORE ? undefined : { from, isBuiltIn: source === BUILT_IN, since };
      if (this.#shelfOf(key)?.setSourced(key, sourced)) touched.push(key);
    }
    for (const key of removals) if (this.#shelfOf(key)?.setSourced(key, undefined)) touched.push(key);
    this.touch(touched);
  }

  /** Says that something about these objects, their status for instance, may have changed. */
  touch(keys: Iterable<ObjectKey>): void {
    const touched = new Set<Shelf>();
    for (const key of keys) {
      const shelf = this.#shelfOf(key);
      if (!shelf) continue;
      shelf.dirty.add(key);
      touched.add(shelf);
    }
    for (const shelf of touched) if (this.#isWatched(shelf)) void this.#flush(shelf);
  }

  #isWatched(shelf: Shelf): boolean {
    return (this.#listeners.get(shelf.definition.kind)?.size ?? 0) > 0;
  }

  /** Makes what is dirty now. One at a time for each kind; who comes meanwhile waits for the next. */
  async #flush(shelf: Shelf): Promise<void> {
    if (shelf.dirty.size === 0) return;
    const running = this.#flushes.get(shelf);
    if (running) {
      await running;
      return this.#flush(shelf);
    }
    const flush = this.#makeDirty(shelf).finally(() => this.#flushes.delete(shelf));
    this.#flushes.set(shelf, flush);
    return flush;
  }

  async #makeDirty(shelf: Shelf): Promise<void> {
    const keys = [...shelf.dirty];
    let revision = await this.#options.store.advance(keys.length);
    for (const key of keys) shelf.refresh(key, revision++);
  }

  #onCommit(changes: readonly StoredChange[]): void {
    for (const { key, value, revision } of changes) {
      this.#revision = Math.max(this.#revision, revision);
      const shelf = this.#shelfOf(key);
      shelf?.setStored(key, value, revision);
      shelf?.refresh(key, revision);
    }
  }

  #tell(change: ObjectChange): void {
    this.#revision = Math.max(this.#revision, change.revision);
    for (const listener of this.#listeners.get(change.object.definition.kind) ?? []) listener(change);
  }

  #shelf(kind: string): Shelf {
    const shelf = this.#shelves.get(kind);
    if (!shelf) throw new Error(`the API doesn't serve ${kind}`);
    return shelf;
  }

  #shelfOf(key: ObjectKey): Shelf | undefined {
    return this.#shelves.get(parseObjectKey(key).kind);
  }
}
