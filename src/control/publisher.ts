/**
 * What changes in the estate goes out from here: to the proxies, to discovery, and to whoever watches objects; and what the
 * proxies answer comes back in.
 */
import type { Discovery } from "../discovery/discovery.ts";
import type { Logger } from "../lib/log.ts";
import type { EndpointQuery, EndpointSet } from "../model/endpoints.ts";
import { type ObjectKey, parseObjectKey } from "../model/keys.ts";
import type { ChangeTrail } from "../telemetry/change-trail.ts";
import type { XdsServer } from "../xds/server.ts";
import type { Estate, EstateChange } from "./estate.ts";
import type { EventRecorder } from "./events/event-recorder.ts";
import type { LocalProxies } from "./local-proxies.ts";
import { publishedObjects } from "./published-objects.ts";
import { RetainedWeights } from "./retained-weights.ts";
import type { RefusedResource, StatusBoard } from "./status-board.ts";
import type { Subscribers } from "./subscribers.ts";

export interface PublisherParts {
  readonly estate: Estate;
  readonly board: StatusBoard;
  readonly discovery: Discovery;
  readonly proxies: LocalProxies;
  readonly subscribers: Subscribers;
  readonly logger: Logger;
  readonly trail: ChangeTrail;
  /** Undefined before it has started. */
  readonly xds: () => XdsServer | undefined;
  /** Undefined without the resource API. */
  readonly events: () => EventRecorder | undefined;
  /** Proxies have answered: something may be live now. */
  readonly onProgress: () => void;
}

export class Publisher {
  readonly #parts: PublisherParts;
  readonly #weights = new RetainedWeights();
  #answers: { readonly query: EndpointQuery; readonly set: EndpointSet }[] | undefined;
  #sequence = 0;

  constructor(parts: PublisherParts) {
    this.#parts = parts;
  }

  onEndpoints(query: EndpointQuery, set: EndpointSet): void {
    if (this.#answers) this.#answers.push({ query, set });
    else this.apply(this.#parts.estate.applyEndpoints([{ query, set }]));
  }

  /** Discovery answers some questions while they are asked: those answers go through together. */
  withDiscovery(ask: () => void): void {
    const outer = this.#answers;
    const answers = outer ?? [];
    this.#answers = answers;
    try {
      ask();
    } finally {
      // Else answers would pile up here unseen from then on.
      this.#answers = outer;
    }
    if (!outer && answers.length > 0) this.apply(this.#parts.estate.applyEndpoints(answers));
  }

  updatePlatform(key: ObjectKey): void {
    const { kind, name } = parseObjectKey(key);
    if (kind !== "Platform") return;
    const resource = this.#parts.estate.object(key)?.resource;
    if (resource?.kind === "Platform") this.#parts.discovery.setPlatform(resource);
    else this.#parts.discovery.removePlatform(name);
  }

  /** @param ids of the changes that this comes from */
  apply(change: EstateChange, ids: readonly string[] = []): void {
    const now = Date.now();
    this.#sequence += 1;
    this.#parts.trail.compiled(ids, change.recomputed);
    for (const { instance, error } of change.defects) this.#parts.logger.error("defect", { instance, error });
    // One of this name may still be draining: the new one owes nothing to it.
    for (const gateway of change.gatewaysAdded) this.#forgetGateway(gateway);
    const publications = publishedObjects(
      change,
      this.#sequence,
      (key) => this.#parts.estate.object(key)?.resource,
      this.#parts.estate.routing.gateways(),
    );
    for (const publication of publications) this.#parts.board.programmed.published(publication.key, publication, now);
    for (const key of change.edited) if (!this.#parts.estate.object(key)) this.#parts.board.forget(key);
    for (const gateway of this.#parts.estate.routing.gateways()) {
      const changes = this.#weights.hold(gateway, change.resources.get(gateway) ?? [], this.#sequence);
      this.#parts.xds()?.publish(gateway, changes, this.#sequence);
    }
    const gateways = this.#parts.estate.routing.gateways().filter((gateway) => change.resources.has(gateway));
    this.#parts.trail.published(ids, this.#sequence, gateways);
    for (const gateway of change.gatewaysAdded) this.#parts.proxies.start(gateway);
    for (const gateway of change.gatewaysRemoved) void this.#endGateway(gateway);
    if (change.queriesAdded.length > 0 || change.queriesRemoved.length > 0) {
      this.withDiscovery(() => this.#parts.discovery.setQueries(change.queriesAdded, change.queriesRemoved));
    }
    this.#tellObjects([...change.edited, ...change.statuses.keys()], now);
  }

  async #endGateway(gateway: ObjectKey): Promise<void> {
    await this.#parts.proxies.stop(gateway);
    if (!this.#parts.estate.routing.gateways().includes(gateway)) this.#forgetGateway(gateway);
  }

  #forgetGateway(gateway: ObjectKey): void {
    const now = Date.now();
    this.#parts.xds()?.withdraw(gateway);
    this.#parts.trail.gatewayRemoved(gateway);
    this.#weights.forget(gateway);
    const blamed = this.#parts.board.setRefused(gateway, []);
    this.#tellObjects([...blamed, ...this.#parts.board.programmed.gatewayRemoved(gateway, now)], now);
    this.#parts.subscribers.tell({ topic: "proxies" });
    if (blamed.length > 0) this.#parts.subscribers.tell({ topic: "problems" });
  }

  onProgress(gateway: ObjectKey): void {
    const now = Date.now();
    const acknowledged = this.#parts.xds()?.acknowledgedSequence(gateway);
    this.#parts.trail.acknowledged(gateway, acknowledged);
    const live = this.#parts.board.programmed.progress(gateway, acknowledged, now);
    const blamed = this.#parts.board.setRefused(gateway, this.#refusedBy(gateway));
    this.#tellObjects([...live, ...blamed], now);
    if (blamed.length > 0) this.#parts.subscribers.tell({ topic: "problems" });
    this.#parts.subscribers.tell({ topic: "proxies" });
    this.#parts.onProgress();
    const unused = this.#weights.release(gateway, acknowledged);
    if (unused.length === 0) return;
    this.#sequence += 1;
    this.#parts.xds()?.publish(gateway, unused, this.#sequence);
  }

  /** What is held back from all proxies because one refused it, and what single proxies refuse by themselves. */
  #refusedBy(gateway: ObjectKey): RefusedResource[] {
    const held = (this.#parts.xds()?.quarantined(gateway) ?? []).map(({ id, message, owners }) => ({
      resource: id,
      message,
      owners,
    }));
    const own = (this.#parts.xds()?.progress(gateway) ?? []).flatMap((proxy) => proxy.refused);
    const all = [
      ...held,
      ...own.map(({ type, name, message, owners }) => ({ resource: `${type}:${name}`, message, owners })),
    ];
    return [...new Map(all.map((refused) => [refused.resource, refused])).values()];
  }

  #tellObjects(keys: readonly ObjectKey[], now: number): void {
    if (keys.length === 0) return;
    const unique = [...new Set(keys)];
    for (const key of unique) this.#parts.events()?.observe(key, this.#parts.board.view(key, now));
    if (!this.#parts.events()) this.#parts.board.touch(unique, now);
    this.#parts.subscribers.tell({ topic: "objects", keys: unique });
  }
}
