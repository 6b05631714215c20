/**
 * What an answer changes, and when to ask again. Pure.
 */
import { type BackoffPolicy, backoffDelay } from "../../lib/backoff.ts";
import type { EndpointSet } from "../../model/endpoints.ts";
import { canonical } from "../endpoint-set.ts";
import { reason } from "../problem-codes.ts";
import type { Lookup } from "./lookup.ts";

export interface RefreshState {
  readonly set: EndpointSet | undefined;
  /** Failures in a row. */
  readonly failures: number;
  /** "It doesn't exist" in a row. */
  readonly negatives: number;
}

export interface RefreshStep {
  readonly state: RefreshState & { readonly set: EndpointSet };
  readonly askAgainInMs: number;
}

export interface TtlBounds {
  readonly minTtlMs: number;
  readonly maxTtlMs: number;
}

export const NOTHING_HEARD: RefreshState = { set: undefined, failures: 0, negatives: 0 };

const FAILURE_BACKOFF: BackoffPolicy = { initialMs: 1_000, factor: 2, maxMs: 30_000, jitter: 0.2 };

/** One slip of a zone must not take a service away; the same answer three times is meant. */
const NEGATIVES_BELIEVED = 3;

/** @param random uniform in [0, 1) */
export function refresh(
  before: RefreshState,
  name: string,
  lookup: Lookup,
  bounds: TtlBounds,
  random: number,
): RefreshStep {
  switch (lookup.kind) {
    case "found": {
      const set: EndpointSet = { state: "known", endpoints: canonical(lookup.endpoints) };
      return { state: { set, failures: 0, negatives: 0 }, askAgainInMs: clampTtl(lookup.ttl, bounds) };
    }
    case "none": {
      const negatives = before.negatives + 1;
      const why = reason("LB5003", `${name} doesn't exist in DNS or has no record of the type`);
      const set = absent(before.set, negatives, why);
      return { state: { set, failures: 0, negatives }, askAgainInMs: clampTtl(lookup.ttl, bounds) };
    }
    case "failed": {
      const failures = before.failures + 1;
      const set = lastKnownGood(before.set, reason(lookup.code, lookup.why));
      const askAgainInMs = bounded(Math.min(backoffDelay(FAILURE_BACKOFF, failures, random), bounds.maxTtlMs));
      return { state: { set, failures, negatives: before.negatives }, askAgainInMs };
    }
  }
}

function absent(before: EndpointSet | undefined, negatives: number, why: string): EndpointSet {
  const held = before !== undefined && before.endpoints.length > 0;
  if (held && negatives < NEGATIVES_BELIEVED) return lastKnownGood(before, why);
  if (held || before?.state === "known") return { state: "known", endpoints: [] };
  return { state: "unknown", endpoints: [], reason: why };
}

function lastKnownGood(before: EndpointSet | undefined, why: string): EndpointSet {
  if (before === undefined || before.state === "unknown") return { state: "unknown", endpoints: [], reason: why };
  return { state: "stale", endpoints: before.endpoints, reason: why };
}

/** Whatever a Platform asks for: not in a tight loop, and not so late that a timer overflows (24.8 days). */
function bounded(ms: number): number {
  return Math.min(Math.max(ms, 100), 86_400_000);
}

function clampTtl(ttlSeconds: number, { minTtlMs, maxTtlMs }: TtlBounds): number {
  return bounded(Math.max(minTtlMs, Math.min(maxTtlMs, ttlSeconds * 1000)));
}
