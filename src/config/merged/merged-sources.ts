import { equal } from "../../lib/equal.ts";
import type { ObjectKey } from "../../model/keys.ts";
import type { Problem } from "../../model/problem.ts";
import { CONFIG_PROBLEMS } from "../problem-codes.ts";
import type { ConfigSource, Origin, SourceUpdate } from "../source.ts";
import { LayeredObjects } from "./layered-objects.ts";

export interface NamedSource {
  /** As it reads in a sentence: "the store". */
  readonly name: string;
  readonly source: ConfigSource;
}

/**
 * Several sources as one. An object of several is served by the first of them; the ones behind it are kept, give a Problem,
 * and serve when those before them are gone. Run once.
 *
 * The first update comes when every source has had its first: a part of the estate would take hosts away from proxies
 * that still serve all of it. For the same reason a source that fails before its first update fails the whole. One that
 * fails later leaves what it gave in force; the others go on, and a Problem says that it stopped.
 */
export class MergedSources implements ConfigSource {
  readonly #sources: readonly NamedSource[];
  readonly #objects: LayeredObjects;
  readonly #problems: (readonly Problem[])[];
  readonly #stopped = new Map<number, Problem>();
  readonly #waiting: Set<number>;
  #hasDelivered = false;

  /** @param sources in order of precedence */
  constructor(sources: readonly [NamedSource, ...NamedSource[]]) {
    this.#sources = sources;
    this.#objects = new LayeredObjects(sources.map(({ name }) => name));
    this.#problems = sources.map(() => []);
    this.#waiting = new Set(sources.keys());
  }

  /** Who serves an object now; undefined when nobody does. */
  owner(key: ObjectKey): Origin | undefined {
    return this.#objects.serving(key)?.origin;
  }

  /** The names of the sources that have not had their first update. */
  waitingFor(): readonly string[] {
    return Array.from(this.#waiting, (index) => this.#sources[index]?.name ?? "");
  }

  /** Rejects at once when a source fails before its first update, else at the end with the first failure of a source. */
  async run(onUpdate: (update: SourceUpdate) => void, signal: AbortSignal): Promise<void> {
    const failed = new AbortController();
    const either = AbortSignal.any([signal, failed.signal]);
    const deliver = (update: SourceUpdate) => {
      if (!either.aborted) onUpdate(update);
    };
    const runs = this.#sources.map(async ({ source }, index) => {
      try {
        await source.run((update) => this.#take(index, update, deliver), either);
        if (!either.aborted) throw new Error("it ended by itself");
      } catch (error) {
        if (this.#waiting.has(index)) failed.abort();
        else this.#noteStopped(index, error, deliver);
        throw error;
      }
    });
    for (const outcome of await Promise.allSettled(runs)) if (outcome.status === "rejected") throw outcome.reason;
  }

  #take(index: number, update: SourceUpdate, deliver: (update: SourceUpdate) => void): void {
    this.#waiting.delete(index);
    this.#objects.apply(index, update);
    const isNews = !equal(this.#problems[index], update.problems);
    this.#problems[index] = update.problems;
    this.#report(isNews, deliver);
  }

  #noteStopped(index: number, error: unknown, deliver: (update: SourceUpdate) => void): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#stopped.set(index, {
      code: "LB1413",
      severity: "error",
      message: `${this.#sources[index]?.name} is no longer followed: ${reason}`,
      hint: CONFIG_PROBLEMS.LB1413.wayOut,
      path: "",
    });
    this.#report(true, deliver);
  }

  /** What happens behind an object that serves is no update, unless it changes a Problem. */
  #report(isNews: boolean, deliver: (update: SourceUpdate) => void): void {
    if (this.#waiting.size > 0) return;
    const hiddenBefore = this.#objects.problems();
    const { upserts, removals } = this.#objects.settle();
    const hidden = this.#objects.problems();
    const isChange = upserts.length > 0 || removals.length > 0 || isNews || !equal(hidden, hiddenBefore);
    if (!isChange && this.#hasDelivered) return;
    this.#hasDelivered = true;
    deliver({ upserts, removals, problems: [...this.#problems.flat(), ...hidden, ...this.#stopped.values()] });
  }
}
