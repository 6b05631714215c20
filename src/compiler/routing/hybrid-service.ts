/**
 * HybridServices: the shape of their split, which routes depend on, and its weights, which move on their own path.
 */
import { apportion } from "../../lib/apportion.ts";
import { query } from "../../lib/dataflow/query.ts";
import { durationMs } from "../../model/duration.ts";
import type { EndpointQuery } from "../../model/endpoints.ts";
import type { HybridBackend } from "../../model/hybrid-service.ts";
import { parseObjectKey } from "../../model/keys.ts";
import type { StickyKeySpec } from "../../model/stickiness.ts";
import { endpointQueries, RANK } from "./collections.ts";
import { headerChanges } from "./header-changes.ts";
import { readByKey } from "./inputs.ts";
import { hybridLegId, leg } from "./legs.ts";
import { type HeaderChanges, SPLIT_TOTAL, type Split, type StickyKey } from "./routing.ts";

export interface HybridShape {
  readonly protocol: string;
  /** The backends that the split names, in the order of the service's backends. */
  readonly legs: readonly { readonly id: string; readonly host: string | undefined; readonly request: HeaderChanges }[];
  /** Whether the weights live in the runtime: a split that names several backends is one that moves. */
  readonly moving: boolean;
  readonly prefix: string;
  readonly stickiness: readonly StickyKey[];
}

export const hybridShape = query<HybridShape | undefined>("hybridShape", RANK.service, (read, key) => {
  const service = readByKey<"HybridService">(read, key);
  if (!service) return undefined;
  const { namespace, name } = service.metadata;
  const named = inSplit(service.spec.backends, service.spec.split);
  return {
    protocol: service.spec.protocol,
    legs: named.map(({ backend }) => ({
      id: hybridLegId(namespace, name, backend.name),
      host: backend.host,
      request: headerChanges(backend.requestHeaders),
    })),
    moving: named.length > 1,
    prefix: splitPrefix(namespace, name),
    stickiness: service.spec.stickiness.map(stickyKey),
  };
});

/** The weights; undefined when the service doesn't exist. */
export const splitOf = query<Split | undefined>("split", RANK.leg, (read, key) => {
  const service = readByKey<"HybridService">(read, key);
  if (!service) return undefined;
  const { namespace, name } = service.metadata;
  const named = inSplit(service.spec.backends, service.spec.split);
  const weights = apportion(
    named.map((entry) => entry.weight),
    SPLIT_TOTAL,
  );
  return {
    prefix: splitPrefix(namespace, name),
    source: key,
    weights: named.map(({ backend }, index) => ({
      leg: hybridLegId(namespace, name, backend.name),
      weight: weights[index] ?? 0,
    })),
  };
});

/** Asks discovery for every backend, used or not, so that `describe` can show whether it would be found. */
export const hybridQueries = query<null>("hybridQueries", RANK.service, (read, key) => {
  const { namespace, name } = parseObjectKey(key);
  // By endpoint key: two backends may ask the same question.
  const asked = new Map<string, EndpointQuery>();
  for (const backend of readByKey<"HybridService">(read, key)?.spec.backends ?? []) {
    const view = read.get(leg, hybridLegId(namespace, name, backend.name));
    if (view?.query) asked.set(view.leg.endpoints, view.query);
  }
  for (const [endpoints, endpointQuery] of asked) read.emit(endpointQueries, endpoints, endpointQuery);
  return null;
});

function splitPrefix(namespace: string, name: string): string {
  return `split.${namespace}.${name}`;
}

function inSplit(
  backends: readonly HybridBackend[],
  split: readonly { readonly backend: string; readonly weight: number }[],
) {
  return backends.flatMap((backend) => {
    const entry = split.find((candidate) => candidate.backend === backend.name);
    return entry ? [{ backend, weight: entry.weight }] : [];
  });
}

function stickyKey(spec: StickyKeySpec): StickyKey {
  if ("cookie" in spec) {
    const { name, path, ttl } = spec.cookie;
    const ttlMs = ttl === undefined ? undefined : durationMs(ttl);
    return { kind: "cookie", name, path, ttlSeconds: ttlMs === undefined ? undefined : Math.ceil(ttlMs / 1000) };
  }
  if ("header" in spec) return { kind: "header", name: spec.header.name.toLowerCase() };
  return { kind: "sourceAddress" };
}
