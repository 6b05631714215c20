/** Services whose addresses stand in the Platform itself. Answers at once, inside `want` and `configure`. */
import { type EndpointQuery, type EndpointSet, endpointKey } from "../../model/endpoints.ts";
import { parseIpEndpoint } from "../../model/ip-endpoint.ts";
import type { Platform, StaticService } from "../../model/platform.ts";
import { canonical, sameEndpoints } from "../endpoint-set.ts";
import { reason } from "../problem-codes.ts";
import type { DiscoveryProvider, ProviderFactory, Publish } from "../provider.ts";

export const createStaticProvider: ProviderFactory = (platform, publish) => new StaticProvider(platform, publish);

class StaticProvider implements DiscoveryProvider {
  readonly #publish: Publish;
  readonly #wanted = new Map<string, { readonly query: EndpointQuery; last: EndpointSet | undefined }>();
  #platform: Platform;

  constructor(platform: Platform, publish: Publish) {
    this.#platform = platform;
    this.#publish = publish;
  }

  want(query: EndpointQuery): void {
    const key = endpointKey(query);
    if (this.#wanted.has(key)) return;
    this.#wanted.set(key, { query, last: undefined });
    this.#answer(key);
  }

  forget(query: EndpointQuery): void {
    this.#wanted.delete(endpointKey(query));
  }

  configure(platform: Platform): void {
    this.#platform = platform;
    for (const key of this.#wanted.keys()) this.#answer(key);
  }

  async close(): Promise<void> {
    this.#wanted.clear();
  }

  #answer(key: string): void {
    const wanted = this.#wanted.get(key);
    if (wanted === undefined) return;
    const answer = findStatic(this.#platform, wanted.query);
    if (wanted.last !== undefined && sameEndpoints(wanted.last, answer)) return;
    wanted.last = answer;
    this.#publish(wanted.query, answer);
  }
}

/** An entry for the namespace that is asked in comes before one for any namespace. */
export function findStatic(platform: Platform, query: EndpointQuery): EndpointSet {
  const named = (platform.spec.static?.services ?? []).filter(({ name }) => name === query.service);
  const service =
    named.find(({ namespace }) => namespace === query.namespace) ??
    named.find(({ namespace }) => namespace === undefined);
  if (service !== undefined) return { state: "known", endpoints: endpointsOf(service) };
  const where = named.length > 0 ? ` for the namespace ${query.namespace}` : "";
  const text = `the platform ${platform.metadata.name} doesn't list the service ${query.service}${where}`;
  return { state: "unknown", endpoints: [], reason: reason("LB5002", text) };
}

function endpointsOf(service: Pick<StaticService, "endpoints">) {
  return canonical(service.endpoints.flatMap((text) => parseIpEndpoint(text) ?? []));
}
