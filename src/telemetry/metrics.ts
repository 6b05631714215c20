/**
 * What Prometheus reads at /metrics. On a registry of its own, so that several control planes can run in one process.
 * Names no user, no object and nothing that a client can choose freely.
 */
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { codeLabel, kindLabel, resourceLabel, sourceLabel, verbLabel, xdsTypeLabel } from "./label-values.ts";
import { METRICS, type MetricDefinition } from "./metric-definitions.ts";
import { addProcessMetrics } from "./process-metrics.ts";

export interface ApiRequest {
  readonly verb: string;
  /** "httproutes"; "" for what is about no resource. */
  readonly resource: string;
  readonly code: number;
  readonly seconds: number;
}

export interface StoreWrite {
  /** How many objects. */
  readonly objects: number;
  readonly outcome: "committed" | "conflict" | "failed";
  readonly seconds: number;
}

/** What is looked up when somebody reads the metrics, and not kept. */
export interface ScrapedFacts {
  readonly objects: Iterable<{ readonly kind: string; readonly source: string }>;
  readonly problems: Iterable<{ readonly severity: "error" | "warning" }>;
  readonly connectedProxies: number;
  readonly openWatches: number;
  readonly pendingChanges: number;
  /** Milliseconds since 1970. */
  readonly sourceUpdates: Iterable<{ readonly source: string; readonly at: number }>;
}

export type ChangeOutcome = "live" | "refused" | "rejected" | "dropped";

export class Metrics implements Disposable {
  readonly registry = new Registry();
  readonly #process = addProcessMetrics(this.registry);
  readonly #facts: () => ScrapedFacts;

  readonly #apiRequests = this.#counter(METRICS.apiRequests);
  readonly #apiRequestDuration = this.#histogram(METRICS.apiRequestDuration);
  readonly #apiWatches = this.#gauge(METRICS.apiWatches);
  readonly #apiWatchEvents = this.#counter(METRICS.apiWatchEvents);
  readonly #apiAuthenticationRefusals = this.#counter(METRICS.apiAuthenticationRefusals);
  readonly #auditEntries = this.#counter(METRICS.auditEntries);
  readonly #storeWrites = this.#counter(METRICS.storeWrites);
  readonly #storeCommitDuration = this.#histogram(METRICS.storeCommitDuration);
  readonly #compileDuration = this.#histogram(METRICS.compileDuration);
  readonly #compileRecomputed = this.#counter(METRICS.compileRecomputed);
  readonly #changes = this.#counter(METRICS.changes);
  readonly #changesPending = this.#gauge(METRICS.changesPending);
  readonly #changeLiveDuration = this.#histogram(METRICS.changeLiveDuration);
  readonly #xdsPushes = this.#counter(METRICS.xdsPushes);
  readonly #xdsAcknowledgements = this.#counter(METRICS.xdsAcknowledgements);
  readonly #xdsRefusals = this.#counter(METRICS.xdsRefusals);
  readonly #connectedProxies = this.#gauge(METRICS.connectedProxies);
  readonly #objects = this.#gauge(METRICS.objects);
  readonly #problems = this.#gauge(METRICS.problems);
  readonly #sourceUpdate = this.#gauge(METRICS.sourceUpdate);

  constructor(facts: () => ScrapedFacts, version: string) {
    this.#facts = facts;
    this.#gauge(METRICS.build).set({ version, node_version: process.version }, 1);
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** In Prometheus' text format. */
  text(): Promise<string> {
    this.#look();
    return this.registry.metrics();
  }

  apiRequest({ verb, resource, code, seconds }: ApiRequest): void {
    const labels = { verb: verbLabel(verb), resource: resourceLabel(resource) };
    this.#apiRequests.inc({ ...labels, code: codeLabel(code) });
    if (verb !== "watch") this.#apiRequestDuration.observe(labels, seconds);
  }

  watchEvents(count = 1): void {
    this.#apiWatchEvents.inc(count);
  }

  authenticationRefused(): void {
    this.#apiAuthenticationRefusals.inc();
  }

  auditEntry(outcome: "written" | "lost"): void {
    this.#auditEntries.inc({ outcome });
  }

  storeWrite({ objects, outcome, seconds }: StoreWrite): void {
    this.#storeWrites.inc({ outcome }, objects);
    if (outcome === "committed") this.#storeCommitDuration.observe(seconds);
  }

  compiled({ seconds, recomputed }: { readonly seconds: number; readonly recomputed: number }): void {
    this.#compileDuration.observe(seconds);
    this.#compileRecomputed.inc(recomputed);
  }

  /** @param seconds from when it was received */
  changeEnded(source: string, outcome: ChangeOutcome, seconds: number): void {
    this.#changes.inc({ source: sourceLabel(source), outcome });
    if (outcome === "live") this.#changeLiveDuration.observe({ source: sourceLabel(source) }, seconds);
  }

  pushed(type: string, count = 1): void {
    this.#xdsPushes.inc({ type: xdsTypeLabel(type) }, count);
  }

  acknowledged(type: string, count = 1): void {
    this.#xdsAcknowledgements.inc({ type: xdsTypeLabel(type) }, count);
  }

  refused(type: string): void {
    this.#xdsRefusals.inc({ type: xdsTypeLabel(type) });
  }

  [Symbol.dispose](): void {
    this.#process[Symbol.dispose]();
  }

  #look(): void {
    const { objects, problems, connectedProxies, openWatches, pendingChanges, sourceUpdates } = this.#facts();
    this.#apiWatches.set(openWatches);
    this.#changesPending.set(pendingChanges);
    this.#connectedProxies.set(connectedProxies);
    this.#objects.reset();
    for (const { kind, source } of objects) this.#objects.inc({ kind: kindLabel(kind), source: sourceLabel(source) });
    this.#problems.set({ severity: "error" }, 0);
    this.#problems.set({ severity: "warning" }, 0);
    for (const { severity } of problems) this.#problems.inc({ severity });
    for (const { source, at } of sourceUpdates) this.#sourceUpdate.set({ source: sourceLabel(source) }, at / 1000);
  }

  #counter<Label extends string>({ name, help, labels }: MetricDefinition<Label>): Counter<Label> {
    return new Counter({ name, help, labelNames: labels, registers: [this.registry] });
  }

  #gauge<Label extends string>({ name, help, labels }: MetricDefinition<Label>): Gauge<Label> {
    return new Gauge({ name, help, labelNames: labels, registers: [this.registry] });
  }

  #histogram<Label extends string>({ name, help, labels, buckets }: MetricDefinition<Label>): Histogram<Label> {
    return new Histogram({
      name,
      help,
      labelNames: labels,
      registers: [this.registry],
      ...(buckets ? { buckets: [...buckets] } : {}),
    });
  }
}
