/**
 * Follows changes from whoever asked for them to the proxies that acknowledge them: a log line for each stage, a figure
 * for how long it took, and what a trace is made of. Holds names only, never the content of an object.
 */
import type { Logger } from "../lib/log.ts";
import type { ObjectKey } from "../model/keys.ts";
import type { ChangeSource, EndedChange, Outcome, Stage, StageName } from "./change.ts";
import type { Metrics } from "./metrics.ts";
import { parseTraceParent, type TraceParent } from "./traceparent.ts";

export interface ChangeTrailOptions {
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, "changeEnded">;
  readonly onEnded?: ((change: EndedChange) => void) | undefined;
  /** Milliseconds since 1970, with fractions. */
  readonly now?: () => number;
  /** How many changes are followed at once. */
  readonly maxPending?: number;
  /** How long one is followed. Milliseconds. */
  readonly maxAgeMs?: number;
}

export interface Beginning {
  readonly source: ChangeSource;
  readonly objects: readonly ObjectKey[];
  /** The header of the request, as it came. */
  readonly traceparent?: string | undefined;
}

interface Change {
  readonly id: string;
  readonly source: ChangeSource;
  readonly objects: ReadonlySet<ObjectKey>;
  readonly parent: TraceParent | undefined;
  readonly stages: Stage[];
  /** Undefined before it is published. */
  sequence: number | undefined;
  readonly waitsFor: Set<ObjectKey>;
  isRefused: boolean;
}

/** Enough to know what it is about. */
const LISTED_OBJECTS = 20;
/** A thousand gateways need not all be named. */
const MAX_STAGES = 64;
const LEVELS: Readonly<Record<StageName, "debug" | "info" | "warn">> = {
  received: "debug",
  stored: "debug",
  compiled: "debug",
  published: "debug",
  acknowledged: "debug",
  live: "info",
  refused: "info",
  rejected: "info",
  dropped: "warn",
};

export class ChangeTrail {
  readonly #options: ChangeTrailOptions;
  readonly #logger: Logger;
  readonly #now: () => number;
  readonly #maxPending: number;
  readonly #maxAgeMs: number;
  /** In the order in which they began. */
  readonly #changes = new Map<string, Change>();
  readonly #acknowledged = new Map<ObjectKey, number>();

  constructor(options: ChangeTrailOptions) {
    this.#options = options;
    this.#logger = options.logger.child({ component: "change" });
    this.#now = options.now ?? (() => performance.timeOrigin + performance.now());
    this.#maxPending = options.maxPending ?? 1_000;
    this.#maxAgeMs = options.maxAgeMs ?? 600_000;
  }

  /** How many changes are on their way. */
  get pending(): number {
    return this.#changes.size;
  }

  /** Does nothing for a change that is on its way already. */
  began(id: string, { source, objects, traceparent }: Beginning): void {
    this.#dropOld();
    if (this.#changes.has(id)) return;
    const change: Change = {
      id,
      source,
      objects: new Set(objects),
      parent: parseTraceParent(traceparent),
      stages: [],
      sequence: undefined,
      waitsFor: new Set(),
      isRefused: false,
    };
    this.#changes.set(id, change);
    this.#reached(change, "received", { source, ...listed(change.objects) });
  }

  stored(id: string, revision: number): void {
    const change = this.#changes.get(id);
    if (change) this.#reached(change, "stored", { revision });
  }

  /** It will never be in force: it was refused before, or changes nothing. */
  rejected(id: string, reason: string): void {
    const change = this.#changes.get(id);
    if (change) this.#end(change, "rejected", { reason });
  }

  /** @param recomputed how many pieces were worked out anew, for all of them together */
  compiled(ids: Iterable<string>, recomputed: number): void {
    for (const change of this.#of(ids)) this.#reached(change, "compiled", { recomputed });
  }

  /** @param gateways whose proxies have to acknowledge it; without any it is live at once */
  published(ids: Iterable<string>, sequence: number, gateways: readonly ObjectKey[]): void {
    for (const change of this.#of(ids)) {
      change.sequence = sequence;
      this.#reached(change, "published", { sequence, gateways: gateways.length });
      for (const gateway of gateways) {
        change.waitsFor.add(gateway);
        this.#settle(change, gateway);
      }
      this.#endIfLive(change);
    }
  }

  /** @param sequence that all proxies of the gateway have; undefined when none is connected */
  acknowledged(gateway: ObjectKey, sequence: number | undefined): void {
    if (sequence === undefined) this.#acknowledged.delete(gateway);
    else this.#acknowledged.set(gateway, sequence);
    for (const change of this.#changes.values()) if (this.#settle(change, gateway)) this.#endIfLive(change);
  }

  /** A proxy refused a resource; `owners` are the objects that it was made of. */
  refused(gateway: ObjectKey, refusal: { resource: string; message: string; owners: readonly ObjectKey[] }): void {
    const { resource, message, owners } = refusal;
    for (const change of this.#changes.values()) {
      if (change.sequence === undefined || change.isRefused) continue;
      if (!owners.some((owner) => change.objects.has(owner))) continue;
      change.isRefused = true;
      this.#reached(change, "refused", { gateway, resource, words: message });
    }
  }

  /** Nothing waits for a gateway that is gone. */
  gatewayRemoved(gateway: ObjectKey): void {
    this.#acknowledged.delete(gateway);
    for (const change of this.#changes.values()) if (change.waitsFor.delete(gateway)) this.#endIfLive(change);
  }

  *#of(ids: Iterable<string>): Generator<Change> {
    for (const id of ids) {
      const change = this.#changes.get(id);
      if (change) yield change;
    }
  }

  /** @returns whether the gateway's proxies have it now and didn't before */
  #settle(change: Change, gateway: ObjectKey): boolean {
    const { sequence, waitsFor } = change;
    const has = this.#acknowledged.get(gateway) ?? -1;
    if (sequence === undefined || has < sequence || !waitsFor.delete(gateway)) return false;
    this.#reached(change, "acknowledged", { gateway, sequence });
    return true;
  }

  #endIfLive(change: Change): void {
    if (change.sequence === undefined || change.waitsFor.size > 0) return;
    this.#end(change, change.isRefused ? "refused" : "live", {});
  }

  #end(change: Change, outcome: Outcome, fields: Stage["fields"]): void {
    const { id, source, objects, parent, stages } = change;
    this.#changes.delete(id);
    const ms = this.#now() - (stages[0]?.at ?? 0);
    // That it is refused was said when it was, in Envoy's words.
    if (outcome !== "refused")
      this.#reached(change, outcome, { ...fields, ms: Math.round(ms * 100) / 100, ...listed(objects) });
    this.#options.metrics.changeEnded(source, outcome, ms / 1000);
    this.#options.onEnded?.({
      id,
      source,
      objects: [...objects].slice(0, LISTED_OBJECTS),
      objectCount: objects.size,
      parent,
      stages,
      outcome,
    });
  }

  #reached(change: Change, name: StageName, fields: Stage["fields"]): void {
    if (name !== "acknowledged" || change.stages.length < MAX_STAGES)
      change.stages.push({ name, at: this.#now(), fields });
    this.#logger[LEVELS[name]](WORDS[name], { change: change.id, stage: name, ...fields });
  }

  #dropOld(): void {
    const oldest = this.#now() - this.#maxAgeMs;
    for (const change of this.#changes.values()) {
      const isOld = (change.stages[0]?.at ?? 0) < oldest;
      if (!isOld && this.#changes.size < this.#maxPending) return;
      this.#end(change, "dropped", { waitsFor: [...change.waitsFor].slice(0, LISTED_OBJECTS).join(" ") });
    }
  }
}

const WORDS: Readonly<Record<StageName, string>> = {
  received: "change received",
  stored: "change stored",
  compiled: "change compiled",
  published: "change published",
  acknowledged: "change acknowledged by the proxies of a gateway",
  live: "change is live",
  refused: "a proxy refused a part of a change",
  rejected: "change rejected",
  dropped: "change is not followed any longer: it never became live",
};

function listed(objects: ReadonlySet<ObjectKey>): { readonly objects: string; readonly count: number } {
  return { objects: [...objects].slice(0, LISTED_OBJECTS).join(" "), count: objects.size };
}
