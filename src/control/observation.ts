/**
 * Metrics, traces and logs of a control plane: gives every change an id, and tells what becomes of it.
 */
import { randomUUID } from "node:crypto";
import type { SourceUpdate } from "../config/source.ts";
import type { Logger } from "../lib/log.ts";
import type { ObjectKey } from "../model/keys.ts";
import { keyOf } from "../model/metadata.ts";
import { BUILT_IN, STORE } from "../registry/registry.ts";
import type { Store } from "../storage/store.ts";
import type { ChangeSource } from "../telemetry/change.ts";
import { ChangeTrail } from "../telemetry/change-trail.ts";
import { Metrics, type ScrapedFacts } from "../telemetry/metrics.ts";
import { type SpanExport, startSpanExport } from "../telemetry/span-export.ts";
import { VERSION } from "./version.ts";

/** What is known where the facts are. */
export type ControlFacts = Omit<ScrapedFacts, "pendingChanges" | "sourceUpdates">;

export class Observation {
  readonly metrics: Metrics;
  readonly trail: ChangeTrail;
  readonly #spans: SpanExport | undefined;
  /** Writes of the API on their way to the estate, by the object that they are about. */
  readonly #writes = new Map<ObjectKey, string[]>();
  readonly #updates = new Map<string, number>();

  private constructor(facts: () => ControlFacts, logger: Logger, spans: SpanExport | undefined) {
    this.#spans = spans;
    this.metrics = new Metrics(
      () => ({
        ...facts(),
        pendingChanges: this.trail.pending,
        sourceUpdates: Array.from(this.#updates, ([source, at]) => ({ source, at })),
      }),
      VERSION,
    );
    this.trail = new ChangeTrail({ logger, metrics: this.metrics, onEnded: (change) => spans?.add(change) });
  }

  static async start(facts: () => ControlFacts, logger: Logger): Promise<Observation> {
    return new Observation(facts, logger, await startSpanExport(VERSION, logger));
  }

  /** Somebody writes an object through the API. */
  writeBegan(id: string, key: ObjectKey, traceparent: string | undefined): void {
    this.trail.began(id, { source: "api", objects: [key], traceparent });
    this.#writes.set(key, [...(this.#writes.get(key) ?? []), id]);
  }

  /** Somebody else's write of the object is on its way instead. */
  writeLost(id: string, key: ObjectKey): void {
    this.#forgetWrite(key, id);
  }

  /** It was not kept. */
  writeFailed(id: string, key: ObjectKey, reason: string): void {
    this.#forgetWrite(key, id);
    this.trail.rejected(id, reason);
  }

  /** The changes that an update of the sources brings: those of the API by their ids, all others get one together. */
  changesIn({ upserts, removals }: SourceUpdate, revisionOf: (key: ObjectKey) => number): readonly string[] {
    const ids: string[] = [];
    const others = new Map<ChangeSource, ObjectKey[]>();
    const note = (key: ObjectKey, source: ChangeSource) => {
      const [id] = this.#writes.get(key) ?? [];
      if (source !== "store" || id === undefined) others.set(source, [...(others.get(source) ?? []), key]);
      else {
        this.#forgetWrite(key, id);
        this.trail.stored(id, revisionOf(key));
        ids.push(id);
      }
    };
    for (const { resource, origin } of upserts) note(keyOf(resource), sourceOf(origin.source));
    for (const key of removals) note(key, this.#writes.has(key) ? "store" : "directory");
    for (const [source, objects] of others) {
      const id = randomUUID();
      this.trail.began(id, { source, objects });
      ids.push(id);
      this.#updates.set(source, Date.now());
    }
    if (ids.length > 0 && others.size === 0) this.#updates.set("store", Date.now());
    return ids;
  }

  /** The store, counted and timed. */
  observed(store: Store): Store {
    const write: Store["write"] = async (writes, note) => {
      const started = performance.now();
      const outcome = await store.write(writes, note);
      const seconds = (performance.now() - started) / 1000;
      const name = outcome.kind === "written" ? "committed" : outcome.kind === "conflict" ? "conflict" : "failed";
      this.metrics.storeWrite({ objects: writes.length, outcome: name, seconds });
      if (note && outcome.kind === "written") this.metrics.auditEntry("written");
      return outcome;
    };
    return new Proxy(store, {
      get: (target, property) => {
        if (property === "write") return write;
        const value: unknown = Reflect.get(target, property, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  }

  async close(): Promise<void> {
    this.metrics[Symbol.dispose]();
    await this.#spans?.close();
  }

  #forgetWrite(key: ObjectKey, id: string): void {
    const left = (this.#writes.get(key) ?? []).filter((each) => each !== id);
    if (left.length === 0) this.#writes.delete(key);
    else this.#writes.set(key, left);
  }
}

/** How metrics name the source of an object; a directory's origin says its path. */
export function sourceOf(source: string): ChangeSource {
  if (source === STORE) return "store";
  return source === BUILT_IN ? "built-in" : "directory";
}
