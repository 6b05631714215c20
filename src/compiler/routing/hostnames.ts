/**
 * Hostnames of the Gateway API: exact ("a.example.com") or with one leading wildcard label ("*.example.com"), lower case.
 * ANY stands for a listener or route that names none.
 */
export const ANY = "*";

export function isWildcard(hostname: string): boolean {
  return hostname.startsWith("*");
}

/** Whether every name that `narrow` stands for is one of `wide`. "*.a.com" covers "x.y.a.com", not "a.com". */
export function covers(wide: string, narrow: string): boolean {
  if (wide === ANY || wide === narrow) return true;
  if (!isWildcard(wide)) return false;
  return narrow.endsWith(wide.slice(1)) && narrow.length > wide.length - 1;
}

/** The names that both stand for, or undefined when there are none. */
export function intersect(a: string, b: string): string | undefined {
  if (covers(a, b)) return b;
  if (covers(b, a)) return a;
  return undefined;
}

/**
 * Orders by how specific a hostname is, most specific first: exact before wildcard, then more characters
 * (HTTPRoute.spec.hostnames: "characters in a matching non-wildcard hostname", then "in a matching hostname").
 */
export function compareSpecificity(a: string, b: string): number {
  const byKind = Number(isWildcard(a)) - Number(isWildcard(b));
  return byKind !== 0 ? byKind : b.length - a.length;
}

/** The most specific of `candidates` that covers `hostname`, or undefined. */
export function mostSpecific(hostname: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  for (const candidate of candidates) {
    if (!covers(candidate, hostname)) continue;
    if (best === undefined || compareSpecificity(candidate, best) < 0) best = candidate;
  }
  return best;
}
