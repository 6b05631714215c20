/**
 * Where a service's workloads are. Discovery publishes these; the compiler reads them.
 */
export interface Endpoint {
  /** An IP address, never a name. */
  readonly address: string;
  readonly port: number;
  /** Share among the endpoints of one set; at least 1, default 1. */
  readonly weight?: number | undefined;
}

/**
 * What a leg wants to be found, and the key under which discovery publishes the answer.
 * `port` is what the leg asks for when the platform knows only addresses (DNS A/AAAA).
 */
export interface EndpointQuery {
  readonly platform: string;
  readonly namespace: string;
  readonly service: string;
  readonly port?: number | undefined;
}

/** Unique per query: "datacenter/shop/shopfront:8010", without a port "datacenter/shop/shopfront". */
export function endpointKey(query: EndpointQuery): string {
  const port = query.port === undefined ? "" : `:${query.port}`;
  return `${query.platform}/${query.namespace}/${query.service}${port}`;
}

/**
 * known: the platform answered, `endpoints` may be empty.
 * unknown: nothing was ever heard; the leg has no endpoints yet and its status says why.
 * stale: the platform no longer answers; `endpoints` are the last known good ones.
 */
export type EndpointSet =
  | { readonly state: "known"; readonly endpoints: readonly Endpoint[] }
  | { readonly state: "stale"; readonly endpoints: readonly Endpoint[]; readonly reason: string }
  | { readonly state: "unknown"; readonly endpoints: readonly []; readonly reason: string };
