/**
 * All proxies of one gateway. They share one set of resources; each has its own stream.
 *
 * Carries events to the sessions and their actions out: the only place where sessions meet.
 */
import type { ResourceChange, ResourceType } from "../compiler/envoy/resource.ts";
import type { DeltaRequest } from "./delta-request.ts";
import { type DeltaResponse, encodeDeltaResponse } from "./delta-response.ts";
import type { ProxyProgress, Quarantined, RefusedReport } from "./progress.ts";
import { SequenceCounts } from "./sequence-counts.ts";
import { Session } from "./session.ts";
import type { RefusedResource, SessionAction, SessionEvent } from "./session-events.ts";
import { type OfferChange, WantedResources } from "./wanted-resources.ts";

export interface FleetOptions {
  /** The lowest acknowledged sequence moved, a proxy joined or left, or what is refused changed. */
  readonly onProgress: () => void;
  readonly onRefused: (report: RefusedReport) => void;
  /** Resources were sent to a proxy, or one of them was acknowledged. Called often: to be counted. */
  readonly onTraffic?: ((kind: "pushed" | "acknowledged", type: ResourceType, count: number) => void) | undefined;
}

/** What a transport gives the fleet for each stream. */
export interface ProxyStream {
  readonly instance: string;
  write(message: Buffer): void;
  end(): void;
}

/** What the transport does with the stream. */
export interface Connection {
  receive(request: DeltaRequest): void;
  close(): void;
}

/** A working Envoy answers within milliseconds; one whose clusters warm, within its 15 s patience for endpoints. */
const STALLED_AFTER_MS = 30_000;
/** Enough to see what is wrong; there may be thousands. */
const LISTED_OUTSTANDING = 20;

interface Proxy {
  readonly stream: ProxyStream;
  readonly session: Session;
  readonly connectedSince: number;
  sequence: number;
  refusedCount: number;
  timer: NodeJS.Timeout | undefined;
}

export class Fleet {
  readonly #options: FleetOptions;
  readonly #wanted = new WantedResources();
  readonly #proxies = new Set<Proxy>();
  readonly #sequences = new SequenceCounts();
  readonly #queue: { readonly proxy: Proxy; readonly event: SessionEvent }[] = [];
  #isDraining = false;
  #reported: number | undefined;
  #isNews = false;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  /** The lowest sequence that all connected proxies have acknowledged; undefined if none is connected. */
  get acknowledgedSequence(): number | undefined {
    return this.#sequences.lowest();
  }

  /** @param sequence of the publication, not lower than the last one's */
  apply(changes: readonly ResourceChange[], sequence: number): void {
    this.#announce(this.#wanted.apply(changes, sequence));
    this.#drain();
  }

  connect(stream: ProxyStream): Connection {
    const now = Date.now();
    const session = new Session(this.#wanted, now);
    const sequence = session.snapshot().acknowledgedSequence;
    const proxy: Proxy = { stream, session, connectedSince: now, sequence, refusedCount: 0, timer: undefined };
    this.#proxies.add(proxy);
    this.#sequences.add(sequence);
    this.#isNews = true;
    this.#drain();
    return {
      receive: (request) => {
        if (!this.#proxies.has(proxy)) return;
        this.#queue.push({ proxy, event: { kind: "request", request } });
        this.#drain();
      },
      close: () => this.#disconnect(proxy),
    };
  }

  /** Ends every stream. */
  close(): void {
    for (const proxy of [...this.#proxies]) {
      proxy.stream.end();
      this.#disconnect(proxy);
    }
  }

  progress(): ProxyProgress[] {
    return Array.from(this.#proxies, (proxy) => progressOf(proxy, Date.now()));
  }

  /** Resources that no proxy of the fleet is sent in their newest version, with what Envoy said. */
  quarantined(): Quarantined[] {
    return Array.from(this.#wanted.refused(), ({ resource, refusal }) => ({
      id: `${resource.type}:${resource.name}`,
      owners: resource.owners,
      ...refusal,
    }));
  }

  #disconnect(proxy: Proxy): void {
    if (!this.#proxies.delete(proxy)) return;
    clearTimeout(proxy.timer);
    this.#sequences.remove(proxy.sequence);
    this.#isNews = true;
    this.#drain();
  }

  #announce(changes: readonly OfferChange[]): void {
    for (const proxy of this.#proxies) this.#queue.push({ proxy, event: { kind: "changed", changes } });
  }

  /** Handles events in order. What a session's action causes at others queues up behind: sessions never nest. */
  #drain(): void {
    if (this.#isDraining) return;
    this.#isDraining = true;
    try {
      for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
        if (this.#proxies.has(next.proxy)) this.#step(next.proxy, next.event);
      }
    } finally {
      this.#isDraining = false;
    }
    this.#reportProgress();
  }

  #step(proxy: Proxy, event: SessionEvent): void {
    for (const action of proxy.session.handle(event, Date.now())) this.#act(proxy, action);
    const { acknowledgedSequence, refused } = proxy.session.snapshot();
    if (refused.length !== proxy.refusedCount) this.#isNews = true;
    proxy.refusedCount = refused.length;
    this.#sequences.remove(proxy.sequence);
    this.#sequences.add(acknowledgedSequence);
    proxy.sequence = acknowledgedSequence;
  }

  #act(proxy: Proxy, action: SessionAction): void {
    switch (action.kind) {
      case "send":
        this.#write(proxy, action.response);
        break;
      case "accepted": {
        this.#options.onTraffic?.("acknowledged", action.id.slice(0, action.id.indexOf(":")) as ResourceType, 1);
        const changes = this.#wanted.accept(action.id, action.version);
        if (changes.length > 0) this.#announce(changes);
        break;
      }
      case "refused": {
        const { resource, message, cause } = action.refusal;
        this.#options.onRefused(reportOf(proxy, action.refusal));
        if (cause === "outside") break;
        const id = `${resource.type}:${resource.name}`;
        this.#announce(this.#wanted.refuse(id, { version: resource.version, message }));
        break;
      }
      case "wakeAt":
        clearTimeout(proxy.timer);
        proxy.timer = setTimeout(() => {
          this.#queue.push({ proxy, event: { kind: "time" } });
          this.#drain();
        }, action.time - Date.now());
        break;
    }
  }

  #write(proxy: Proxy, response: DeltaResponse): void {
    proxy.stream.write(encodeDeltaResponse(response));
    const [first] = response.resources;
    if (first) this.#options.onTraffic?.("pushed", first.type, response.resources.length);
  }

  #reportProgress(): void {
    const lowest = this.acknowledgedSequence;
    if (!this.#isNews && lowest === this.#reported) return;
    this.#isNews = false;
    this.#reported = lowest;
    this.#options.onProgress();
  }
}

function progressOf(proxy: Proxy, now: number): ProxyProgress {
  const snapshot = proxy.session.snapshot();
  const outstanding = [];
  for (const { id, sequence, since } of snapshot.outstanding) {
    if (outstanding.length === LISTED_OUTSTANDING) break;
    outstanding.push({ id, sequence, since, waitsFor: snapshot.waitsFor(id) });
  }
  return {
    instance: proxy.stream.instance,
    connectedSince: proxy.connectedSince,
    acknowledgedSequence: snapshot.acknowledgedSequence,
    inSync: snapshot.outstandingCount === 0,
    types: snapshot.types.map(({ type, count, sentCount, acknowledgedNonce }) => ({
      type,
      count,
      sentCount,
      acknowledgedNonce,
    })),
    outstandingCount: snapshot.outstandingCount,
    outstanding,
    refused: snapshot.refused.map((refusal) => reportOf(proxy, refusal)),
    isStalled: snapshot.types.some(
      ({ unansweredSince }) => unansweredSince !== undefined && now - unansweredSince > STALLED_AFTER_MS,
    ),
  };
}

function reportOf(proxy: Proxy, { resource, message, cause, retryAt }: RefusedResource): RefusedReport {
  return {
    code: cause === "outside" ? "LB3002" : "LB3001",
    instance: proxy.stream.instance,
    type: resource.type,
    name: resource.name,
    version: resource.version,
    message,
    owners: resource.owners,
    retryAt,
  };
}
