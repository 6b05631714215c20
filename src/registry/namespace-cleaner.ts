/** Empties a Namespace that is being deleted, and then lets it go. */
import { aborted, pause } from "../lib/aborted.ts";
import { type ObjectKey, objectKey, parseObjectKey } from "../model/keys.ts";
import type { RawObject } from "../model/object-meta.ts";
import type { Store, StoredChange } from "../storage/store.ts";
import { CONTENT_FINALIZER } from "./finalizers.ts";
import { decodeObject } from "./json.ts";
import { isDying } from "./lifecycle.ts";
import { type CleanerOptions, deleteStored, removeFinalizer } from "./removal.ts";

/** How long to wait when the store takes nothing. Milliseconds. */
const RETRY_MS = 1_000;
/** Deletions on their way at once: the store commits them together. */
const TOGETHER = 64;

export class NamespaceCleaner {
  readonly #options: CleanerOptions;
  readonly #store: Store;
  /** Stored objects in each namespace. */
  readonly #content = new Map<string, Set<ObjectKey>>();
  readonly #dying = new Set<string>();
  #work: Promise<void> = Promise.resolve();
  #isWorking = false;
  #isDue = false;
  #signal: AbortSignal = AbortSignal.abort();

  constructor(options: CleanerOptions, store: Store) {
    this.#options = options;
    this.#store = store;
  }

  /** Settles when it has stopped. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    const all = await this.#store.list("");
    this.#onCommit(all);
    const newest = all.reduce((max, { revision }) => Math.max(max, revision), 0);
    this.#store.watch(newest, (changes) => this.#onCommit(changes), signal);
    await aborted(signal);
    await this.#work;
  }

  #onCommit(changes: readonly Pick<StoredChange, "key" | "value">[]): void {
    for (const { key, value } of changes) {
      const { kind, namespace, name } = parseObjectKey(key);
      if (kind === "Namespace") {
        if (value && waits(decodeObject(value))) this.#dying.add(name);
        else this.#dying.delete(name);
      } else if (namespace !== "") {
        const content = this.#content.get(namespace) ?? new Set();
        if (value) this.#content.set(namespace, content.add(key));
        else content.delete(key);
        if (content.size === 0) this.#content.delete(namespace);
      }
    }
    if (this.#dying.size > 0) this.#start();
  }

  #start(): void {
    this.#isDue = true;
    if (this.#isWorking) return;
    this.#isWorking = true;
    this.#work = this.#drain().finally(() => {
      this.#isWorking = false;
    });
  }

  async #drain(): Promise<void> {
    while (this.#isDue && !this.#signal.aborted) {
      this.#isDue = false;
      let isStuck = false;
      for (const name of [...this.#dying]) if (!(await this.#empty(name))) isStuck = true;
      if (!isStuck) continue;
      await pause(RETRY_MS, this.#signal);
      this.#isDue = true;
    }
  }

  async #empty(name: string): Promise<boolean> {
    const keys = [...(this.#content.get(name) ?? [])];
    for (let first = 0; first < keys.length; first += TOGETHER) {
      const some = keys.slice(first, first + TOGETHER);
      const deleted = await Promise.all(some.map((key) => deleteStored(this.#options, key)));
      if (deleted.includes(false)) return false;
    }
    // What waits for finalizers of its own keeps the namespace until its own removal is committed.
    if ((this.#content.get(name)?.size ?? 0) > 0) return true;
    return removeFinalizer(this.#options, objectKey("Namespace", "", name), CONTENT_FINALIZER);
  }
}

function waits(namespace: RawObject): boolean {
  return isDying(namespace) && (namespace.metadata.finalizers ?? []).includes(CONTENT_FINALIZER);
}
