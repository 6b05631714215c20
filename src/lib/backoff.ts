/**
 * How long to wait before trying again. Pure: the random number comes in, so that tests repeat.
 */
export interface BackoffPolicy {
  /** Wait after the first failure, in milliseconds. */
  readonly initialMs: number;
  /** Each further failure multiplies the wait by this. */
  readonly factor: number;
  /** The wait never exceeds this (before jitter is taken off). */
  readonly maxMs: number;
  /** Share of the wait that is random, 0 to 1: many who fail together shouldn't come back together. */
  readonly jitter: number;
}

/**
 * @param failures failures in a row, at least 1
 * @param random   uniform in [0, 1)
 * @returns milliseconds, between (1 - jitter) and 1 times the exponential wait
 */
export function backoffDelay(policy: BackoffPolicy, failures: number, random: number): number {
  // 2 ** 1024 is Infinity, which min() turns into maxMs: any number of failures is fine.
  const full = Math.min(policy.maxMs, policy.initialMs * policy.factor ** (failures - 1));
  return Math.round(full * (1 - policy.jitter * random));
}
