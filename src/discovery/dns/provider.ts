/** Services whose addresses are in DNS, asked again when their TTL is over. */

import { durationMs } from "../../model/duration.ts";
import { type EndpointQuery, endpointKey } from "../../model/endpoints.ts";
import { parseIpEndpoint } from "../../model/ip-endpoint.ts";
import type { DnsSettings, Platform } from "../../model/platform.ts";
import { sameEndpoints } from "../endpoint-set.ts";
import { reason } from "../problem-codes.ts";
import type { DiscoveryProvider, ProviderFactory, Publish } from "../provider.ts";
import { lookUp } from "./lookup.ts";
import { NOTHING_HEARD, type RefreshState, refresh, type TtlBounds } from "./refresh.ts";
import { DnsResolver } from "./resolver.ts";

export const createDnsProvider: ProviderFactory = (platform, publish) => new DnsProvider(platform, publish);

interface Watched {
  readonly query: EndpointQuery;
  state: RefreshState;
  timer: NodeJS.Timeout | undefined;
  /** Ends the lookup under way; its answer isn't wanted any more. */
  cancel: AbortController;
  /** Settled when no lookup is under way. */
  asking: Promise<void>;
}

class DnsProvider implements DiscoveryProvider {
  readonly #publish: Publish;
  readonly #watched = new Map<string, Watched>();
  #settings: DnsSettings;
  #resolver: DnsResolver;
  #bounds: TtlBounds;

  constructor(platform: Platform, publish: Publish) {
    this.#publish = publish;
    this.#settings = settingsOf(platform);
    this.#resolver = resolverFor(this.#settings);
    this.#bounds = boundsOf(this.#settings);
  }

  want(query: EndpointQuery): void {
    const key = endpointKey(query);
    if (this.#watched.has(key)) return;
    const watched: Watched = {
      query,
      state: NOTHING_HEARD,
      timer: undefined,
      cancel: new AbortController(),
      asking: Promise.resolve(),
    };
    this.#watched.set(key, watched);
    this.#ask(watched);
  }

  forget(query: EndpointQuery): void {
    const key = endpointKey(query);
    const watched = this.#watched.get(key);
    if (watched === undefined) return;
    this.#watched.delete(key);
    halt(watched);
  }

  configure(platform: Platform): void {
    const before = this.#settings;
    this.#settings = settingsOf(platform);
    if (JSON.stringify(before) === JSON.stringify(this.#settings)) return;
    this.#resolver = resolverFor(this.#settings);
    this.#bounds = boundsOf(this.#settings);
    // Under another domain or record type the old endpoints are no "last known good" of the name that is asked now.
    const sameNames = before.domain === this.#settings.domain && before.records === this.#settings.records;
    for (const watched of this.#watched.values()) {
      halt(watched);
      watched.cancel = new AbortController();
      if (!sameNames) watched.state = NOTHING_HEARD;
      this.#ask(watched);
    }
  }

  async close(): Promise<void> {
    const all = [...this.#watched.values()];
    this.#watched.clear();
    for (const watched of all) halt(watched);
    await Promise.all(all.map(({ asking }) => asking));
  }

  #ask(watched: Watched): void {
    const { signal } = watched.cancel;
    watched.asking = this.#answer(watched, signal);
  }

  async #answer(watched: Watched, signal: AbortSignal): Promise<void> {
    const { query } = watched;
    const { domain, records } = this.#settings;
    const name = domain === undefined ? query.service : `${query.service}.${domain}`;
    if (records !== "SRV" && query.port === undefined) {
      const text = `${records} records of ${name} have no port, and the backend names none`;
      this.#publish(query, { state: "unknown", endpoints: [], reason: reason("LB5007", text) });
      return;
    }
    const lookup = await lookUp(this.#resolver, name, records, query.port ?? 0, signal);
    if (signal.aborted) return;
    const { state, askAgainInMs } = refresh(watched.state, name, lookup, this.#bounds, Math.random());
    const differs = watched.state.set === undefined || !sameEndpoints(watched.state.set, state.set);
    watched.state = state;
    watched.timer = setTimeout(() => this.#ask(watched), askAgainInMs);
    if (differs) this.#publish(query, state.set);
  }
}

function halt(watched: Watched): void {
  clearTimeout(watched.timer);
  watched.cancel.abort();
}

function settingsOf(platform: Platform): DnsSettings {
  const { dns } = platform.spec;
  if (dns === undefined)
    throw new Error(`Platform ${platform.metadata.name} has no DNS settings: parsing fills them in`);
  return dns;
}

function resolverFor(settings: DnsSettings): DnsResolver {
  const servers = settings.servers.flatMap((server) => parseIpEndpoint(server) ?? []);
  return new DnsResolver(servers, durationMs(settings.timeout));
}

function boundsOf(settings: DnsSettings): TtlBounds {
  return { minTtlMs: durationMs(settings.minTtl), maxTtlMs: durationMs(settings.maxTtl) };
}
