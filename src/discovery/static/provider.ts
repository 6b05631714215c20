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
  #services: StaticServices;

  constructor(platform: Platform, publish: Publish) {
    this.#services = new StaticServices(platform);
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
    this.#services = new StaticServices(platform);
    for (const key of this.#wanted.keys()) this.#answer(key);
  }

  async close(): Promise<void> {
    this.#wanted.clear();
  }

  #answer(key: string): void {
    const wanted = this.#wanted.get(key);
    if (wanted === undefined) return;
    const answer = this.#services.find(wanted.query);
    if (wanted.last !== undefined && sameEndpoints(wanted.last, answer)) return;
    wanted.last = answer;
    this.#publish(wanted.query, answer);
  }
}

/** The services of one Platform by name: a Platform may list thousands, and each is asked for. */
export class StaticServices {
  readonly #platform: string;
  readonly #byName: ReadonlyMap<string, readonly StaticService[]>;

  constructor(platform: Platform) {
    this.#platform = platform.metadata.name;
    this.#byName = Map.groupBy(platform.spec.static?.services ?? [], ({ name }) => name);
  }

  /** An entry for the namespace that is asked in comes before one for any namespace. */
  find(query: EndpointQuery): EndpointSet {
    const named = this.#byName.get(query.service) ?? [];
    const service =
      named.find(({ namespace }) => namespace === query.namespace) ??
      named.find(({ namespace }) => namespace === undefined);
    if (service !== undefined) return { state: "known", endpoints: endpointsOf(service) };
    const where = named.length > 0 ? ` for the namespace ${query.namespace}` : "";
    const text = `the platform ${this.#platform} doesn't list the service ${query.service}${where}`;
    return { state: "unknown", endpoints: [], reason: reason("LB5002", text) };
  }
}

function endpointsOf(service: Pick<StaticService, "endpoints">) {
  return canonical(service.endpoints.flatMap((text) => parseIpEndpoint(text) ?? []));
}
