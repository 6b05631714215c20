const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

interface Step {
  /** Seconds. */
  readonly below: number;
  readonly unit: readonly [name: string, seconds: number];
  /** What is left over is told too, unless it is zero. */
  readonly rest?: readonly [name: string, seconds: number];
}

/** Which units tell a duration, as kubectl does: 5m3s, but 12m; 47h, but 3d (HumanDuration of k8s.io/apimachinery). */
const STEPS: readonly Step[] = [
  { below: 2 * MINUTE, unit: ["s", 1] },
  { below: 10 * MINUTE, unit: ["m", MINUTE], rest: ["s", 1] },
  { below: 3 * HOUR, unit: ["m", MINUTE] },
  { below: 8 * HOUR, unit: ["h", HOUR], rest: ["m", MINUTE] },
  { below: 48 * HOUR, unit: ["h", HOUR] },
  { below: 8 * DAY, unit: ["d", DAY], rest: ["h", HOUR] },
  { below: 2 * YEAR, unit: ["d", DAY] },
  { below: 8 * YEAR, unit: ["y", YEAR], rest: ["d", DAY] },
  { below: Number.POSITIVE_INFINITY, unit: ["y", YEAR] },
];

/** How far clocks may be apart until a time in the future is no time of the past. Seconds. */
const MAX_SKEW = 2;

/** The time from `since` (RFC 3339) to `now`, as kubectl writes it: "5m3s"; "<invalid>" for the future. */
export function age(since: string | undefined, now: Date): string {
  const start = Date.parse(since ?? "");
  if (Number.isNaN(start)) return "<unknown>";
  const elapsed = (now.getTime() - start) / 1000;
  return elapsed <= -MAX_SKEW ? "<invalid>" : humanDuration(Math.max(0, Math.floor(elapsed)));
}

/** Whole seconds, with two or three digits' precision. */
export function humanDuration(seconds: number): string {
  const step = STEPS.find(({ below }) => seconds < below);
  if (!step) return "<unknown>";
  const [name, size] = step.unit;
  const text = `${Math.floor(seconds / size)}${name}`;
  if (!step.rest) return text;
  const [restName, restSize] = step.rest;
  const rest = Math.floor((seconds % size) / restSize);
  return rest > 0 ? `${text}${rest}${restName}` : text;
}
