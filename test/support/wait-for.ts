import { setTimeout as delay } from "node:timers/promises";

const BOUND_MS = 20_000;

/** Waits until `condition` gives something other than undefined or false; fails with `what` and its last answer after a bound. */
export async function waitFor<Value>(
  what: string,
  condition: () => Promise<Value | undefined | false> | Value | undefined | false,
  { boundMs = BOUND_MS, last = () => "" as unknown } = {},
): Promise<Value> {
  const deadline = performance.now() + boundMs;
  for (;;) {
    const value = await condition();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > deadline)
      throw new Error(`waited ${boundMs / 1000} s for ${what}; last: ${JSON.stringify(last())}`);
    await delay(5);
  }
}
