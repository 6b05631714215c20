import type { ConfigSource, SourcedResource, SourceUpdate } from "../config/source.ts";
import { aborted } from "../lib/aborted.ts";
import { type ObjectKey, parseObjectKey } from "../model/keys.ts";
import { kindNamed } from "../model/kinds.ts";
import { formatPath } from "../model/mistake.ts";
import { readObject } from "../model/object-reader.ts";
import type { Problem } from "../model/problem.ts";
import type { Store, StoredChange } from "../storage/store.ts";
import { decodeObject } from "./json.ts";
import { STORE } from "./registry.ts";

/**
 * The objects of the store as resources. What was accepted by an older version and isn't any more stays as it was while
 * the process runs; after a restart it isn't served, and a Problem says why.
 */
export class StoreSource implements ConfigSource {
  readonly #store: Store;
  readonly #problems = new Map<ObjectKey, readonly Problem[]>();

  constructor(store: Store) {
    this.#store = store;
  }

  async run(onUpdate: (update: SourceUpdate) => void, signal: AbortSignal): Promise<void> {
    const all = await this.#store.list("");
    if (signal.aborted) return;
    const newest = all.reduce((max, { revision }) => Math.max(max, revision), 0);
    const deliver = (changes: readonly StoredChange[]) => {
      if (!signal.aborted) onUpdate(this.#update(changes));
    };
    deliver(all);
    const started = this.#store.watch(newest, deliver, signal);
    if (started.kind === "compacted") throw new Error("the store forgot changes while it was read");
    await aborted(signal);
  }

  #update(changes: readonly StoredChange[]): SourceUpdate {
    const upserts = new Map<ObjectKey, SourcedResource>();
    const removals = new Set<ObjectKey>();
    for (const { key, value } of changes) {
      if (!kindNamed(parseObjectKey(key).kind)) continue;
      upserts.delete(key);
      this.#problems.delete(key);
      if (value === undefined) {
        removals.add(key);
        continue;
      }
      const { resource, findings } = readObject(decodeObject(value));
      const problems = findings.map(
        ({ code, message, hint, path, severity = "error" }): Problem => ({
          code,
          severity,
          message,
          path: formatPath(path),
          object: key,
          ...(hint === undefined ? {} : { hint }),
        }),
      );
      if (problems.length > 0) this.#problems.set(key, problems);
      if (resource) {
        removals.delete(key);
        upserts.set(key, { resource, origin: { source: STORE } });
      }
    }
    return { upserts: [...upserts.values()], removals: [...removals], problems: [...this.#problems.values()].flat() };
  }
}
