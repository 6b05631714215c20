/**
 * Where all wanted services of all platforms are. Holds one provider for each Platform.
 */
import { type EndpointQuery, type EndpointSet, endpointKey } from "../model/endpoints.ts";
import type { Platform } from "../model/platform.ts";
import { sameEndpoints } from "./endpoint-set.ts";
import { reason } from "./problem-codes.ts";
import type { DiscoveryProvider, Publish } from "./provider.ts";
import { PROVIDERS, type ProviderRegistry } from "./registry.ts";

interface HeldPlatform {
  readonly type: Platform["spec"]["type"];
  readonly provider: DiscoveryProvider;
}

interface WantedQuery {
  readonly query: EndpointQuery;
  last: EndpointSet | undefined;
}

export class Discovery {
  readonly #publish: Publish;
  readonly #registry: ProviderRegistry;
  readonly #platforms = new Map<string, HeldPlatform>();
  readonly #wanted = new Map<string, WantedQuery>();
  readonly #closing = new Set<Promise<void>>();

  /**
   * `publish` gets each answer that differs from the one before, for queries that are wanted. It may be called
   * inside setPlatform, removePlatform and setQueries.
   */
  constructor(publish: Publish, registry: ProviderRegistry = PROVIDERS) {
    this.#publish = publish;
    this.#registry = registry;
  }

  setPlatform(platform: Platform): void {
    const { name } = platform.metadata;
    const held = this.#platforms.get(name);
    if (held?.type === platform.spec.type) {
      held.provider.configure(platform);
      return;
    }
    if (held !== undefined) this.#drop(name, held);
    const { type } = platform.spec;
    // A provider that was replaced may still be answering; only the one in charge is listened to.
    const provider: DiscoveryProvider = this.#registry[type](platform, (query, endpoints) => {
      if (this.#platforms.get(name)?.provider === provider) this.#accept(query, endpoints);
    });
    this.#platforms.set(name, { type, provider });
    for (const { query } of this.#wanted.values()) if (query.platform === name) provider.want(query);
  }

  removePlatform(name: string): void {
    const held = this.#platforms.get(name);
    if (held === undefined) return;
    this.#drop(name, held);
    for (const { query } of this.#wanted.values()) if (query.platform === name) this.#accept(query, missing(name));
  }

  /** A query that is added twice is wanted once. A removed one that is added again is answered anew. */
  setQueries(added: Iterable<EndpointQuery>, removed: Iterable<EndpointQuery>): void {
    for (const query of removed) {
      if (this.#wanted.delete(endpointKey(query))) this.#platforms.get(query.platform)?.provider.forget(query);
    }
    for (const query of added) {
      const key = endpointKey(query);
      if (this.#wanted.has(key)) continue;
      this.#wanted.set(key, { query, last: undefined });
      const held = this.#platforms.get(query.platform);
      if (held === undefined) this.#accept(query, missing(query.platform));
      else held.provider.want(query);
    }
  }

  async close(): Promise<void> {
    this.#wanted.clear();
    for (const [name, held] of this.#platforms) this.#drop(name, held);
    await Promise.all(this.#closing);
  }

  #drop(name: string, held: HeldPlatform): void {
    this.#platforms.delete(name);
    const closed = held.provider.close().finally(() => this.#closing.delete(closed));
    this.#closing.add(closed);
  }

  #accept(query: EndpointQuery, endpoints: EndpointSet): void {
    const wanted = this.#wanted.get(endpointKey(query));
    if (wanted === undefined) return;
    if (wanted.last !== undefined && sameEndpoints(wanted.last, endpoints)) return;
    wanted.last = endpoints;
    this.#publish(wanted.query, endpoints);
  }
}

function missing(platform: string): EndpointSet {
  return { state: "unknown", endpoints: [], reason: reason("LB5001", `there is no Platform ${platform}`) };
}
