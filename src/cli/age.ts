const UNITS = [
  ["y", 365 * 24 * 3600],
  ["d", 24 * 3600],
  ["h", 3600],
  ["m", 60],
  ["s", 1],
] as const;

/** For how many of a unit the next smaller one is told too, as kubectl does: 5m3s, but 12m; 47h, but 3d. */
const FINE_BELOW: Readonly<Record<string, number>> = { y: 8, d: 8, h: 8, m: 10 };

/** The time from `since` (RFC 3339) to `now`, as kubectl writes it: "5m3s". */
export function age(since: string | undefined, now: Date): string {
  const start = Date.parse(since ?? "");
  if (Number.isNaN(start)) return "<unknown>";
  const seconds = Math.max(0, Math.floor((now.getTime() - start) / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds >= 8 * 3600 && seconds < 48 * 3600) return `${Math.floor(seconds / 3600)}h`;
  const index = UNITS.findIndex(([name, size]) => seconds >= size * (name === "y" ? 2 : name === "d" ? 2 : 1));
  const [name, size] = UNITS[index] ?? ["s", 1];
  const count = Math.floor(seconds / size);
  const [smaller, smallerSize] = UNITS[index + 1] ?? ["s", 1];
  const rest = Math.floor((seconds - count * size) / smallerSize);
  return count < (FINE_BELOW[name] ?? 0) && rest > 0 ? `${count}${name}${rest}${smaller}` : `${count}${name}`;
}
