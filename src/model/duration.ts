/** Durations as the Gateway API writes them (GEP-2257): "10s", "1h30m", "500ms". */
import type * as z from "zod";
import { checkedString } from "./checked-string.ts";
import type { Mistake } from "./mistake.ts";

const PATTERN = "^([0-9]{1,5}(h|m|s|ms)){1,4}$";
const DURATION = new RegExp(PATTERN);
const UNIT_MS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** Milliseconds of a duration that checkDuration accepts. */
export function durationMs(duration: string): number {
  let total = 0;
  for (const [, amount, unit] of duration.matchAll(/([0-9]+)(ms|h|m|s)/g)) {
    total += Number(amount) * (UNIT_MS[unit ?? ""] ?? 0);
  }
  return total;
}

export function checkDuration(value: string): Mistake | undefined {
  if (DURATION.test(value)) return undefined;
  return {
    code: "LB1207",
    message: `${JSON.stringify(value)} isn't a duration`,
    hint: "Write whole numbers with h, m, s or ms, at most five digits each, such as 1h30m, 10s or 500ms.",
  };
}

export function durationField(): z.ZodString {
  return checkedString(checkDuration, { pattern: PATTERN });
}
