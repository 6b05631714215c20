import type { Endpoint, EndpointSet } from "../model/endpoints.ts";

/** One order for equal sets, each address and port once: so that equal answers are equal values. */
export function canonical(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  const byPlace = new Map(endpoints.map((endpoint) => [placeOf(endpoint), endpoint]));
  return [...byPlace].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, endpoint]) => endpoint);
}

/** The order of endpoints means nothing. */
export function sameEndpoints(a: EndpointSet, b: EndpointSet): boolean {
  return fingerprint(a) === fingerprint(b);
}

function fingerprint(set: EndpointSet): string {
  const places = set.endpoints.map((endpoint) => `${placeOf(endpoint)} ${endpoint.weight ?? 1}`).sort();
  return JSON.stringify([set.state, set.state === "known" ? "" : set.reason, places]);
}

function placeOf({ address, port }: Endpoint): string {
  return `${address} ${port}`;
}
