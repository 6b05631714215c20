/**
 * Finding the guilty in a batch that a client refused. Pure.
 */
import type { ResourceId } from "../compiler/envoy/resource.ts";
import { nameOf } from "./type-rules.ts";

/** How many resources that Envoy's message names are tried one by one. */
const MOST_SUSPECTS = 8;

/**
 * Splits a refused batch into groups to send again, one after another: each resource that the message names alone, then
 * the rest. Without a name the batch is halved. A name that only happens to occur costs one more round trip.
 *
 * @param batch at least two ids
 */
export function splitRefused(batch: readonly ResourceId[], message: string): ResourceId[][] {
  const suspects = batch
    .filter((id) => message.includes(nameOf(id)))
    // "shop" is in every message that names "shop-front": the longest name is the likeliest.
    .sort((a, b) => b.length - a.length)
    .slice(0, MOST_SUSPECTS);
  if (suspects.length === 0) {
    const middle = batch.length >> 1;
    return [batch.slice(0, middle), batch.slice(middle)];
  }
  const rest = batch.filter((id) => !suspects.includes(id));
  return [...suspects.map((id) => [id]), ...(rest.length > 0 ? [rest] : [])];
}

/** What Envoy says when the cause is the machine and not the configuration. The same bytes may work later. */
const CAUSE_OUTSIDE = /address already in use|cannot assign requested address|cannot bind|permission denied/i;

export function hasCauseOutside(message: string): boolean {
  return CAUSE_OUTSIDE.test(message);
}
