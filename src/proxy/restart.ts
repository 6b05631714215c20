/**
 * When to start an Envoy again that stopped by itself. Pure.
 */
import { type BackoffPolicy, backoffDelay } from "../lib/backoff.ts";

/** The first restart is almost at once, since there is no traffic without it. It never gives up. */
export const RESTART_BACKOFF: BackoffPolicy = { initialMs: 100, factor: 2, maxMs: 10_000, jitter: 0.2 };

/** An Envoy that served this long was in order: its end starts a new count. */
export const STABLE_AFTER_MS = 10_000;

/** So many failures in a row are called a crash loop. */
export const CRASH_LOOP_FAILURES = 3;

export interface Ending {
  /** Failures in a row before this one. */
  readonly failuresBefore: number;
  /** How long it had been ready; 0 when it never was. */
  readonly servedMs: number;
}

export interface Restart {
  readonly failures: number;
  readonly delayMs: number;
}

export function planRestart(ending: Ending, policy: BackoffPolicy, random: number): Restart {
  const failures = ending.servedMs >= STABLE_AFTER_MS ? 1 : ending.failuresBefore + 1;
  return { failures, delayMs: backoffDelay(policy, failures, random) };
}
