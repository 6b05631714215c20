import assert from "node:assert/strict";
import type { ConfigSource, SourcedResource, SourceUpdate } from "../../src/config/source.ts";
import type { ObjectKey } from "../../src/model/keys.ts";
import { keyOf } from "../../src/model/metadata.ts";
import type { Problem } from "../../src/model/problem.ts";

/** A bound for waiting, not a measure: milliseconds. */
const PATIENCE = 10_000;

/** Runs a source and keeps what it says, so that a test can wait for it. */
export class UpdateLog {
  readonly updates: SourceUpdate[] = [];
  readonly objects = new Map<ObjectKey, SourcedResource>();
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #changed = Promise.withResolvers<void>();

  constructor(source: ConfigSource) {
    this.#running = source.run((update) => this.#add(update), this.#stop.signal);
    this.#running.catch(() => {});
  }

  get problems(): readonly Problem[] {
    return this.updates.at(-1)?.problems ?? [];
  }

  codes(): string[] {
    return this.problems.map((problem) => problem.code);
  }

  keys(): string[] {
    return [...this.objects.keys()].sort();
  }

  /** Every key that was upserted since the update with this number. */
  upsertsSince(count: number): string[] {
    return this.updates.slice(count).flatMap((update) => update.upserts.map(({ resource }) => keyOf(resource)));
  }

  removalsSince(count: number): string[] {
    return this.updates.slice(count).flatMap((update) => [...update.removals]);
  }

  async until(what: string, holds: () => boolean): Promise<void> {
    const late = AbortSignal.timeout(PATIENCE);
    while (!(this.updates.length > 0 && holds())) {
      const expired = new Promise<"late">((resolve) =>
        late.addEventListener("abort", () => resolve("late"), { once: true }),
      );
      const outcome = await Promise.race([this.#changed.promise, expired, this.#running.then(() => "ended" as const)]);
      if (outcome !== undefined) {
        assert.fail(
          `${outcome}: ${what}; objects ${this.keys().join(", ")}; problems ${JSON.stringify(this.problems)}`,
        );
      }
    }
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  #add(update: SourceUpdate): void {
    this.updates.push(update);
    for (const key of update.removals) this.objects.delete(key);
    for (const upsert of update.upserts) this.objects.set(keyOf(upsert.resource), upsert);
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
