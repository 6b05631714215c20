import { compareSpecificity } from "./hostnames.ts";
import type { RouteEntry, RouteMatch } from "./routing.ts";

/** A route entry with what decides its place among the others of a host. */
export interface RankedEntry {
  readonly entry: RouteEntry;
  /** The hostname by which the route reaches this host. */
  readonly hostname: string;
  /** Epoch milliseconds; 0 when the route doesn't say: then it counts as the oldest. */
  readonly created: number;
  /** "<namespace>/<name>" of the route. */
  readonly route: string;
  readonly rule: number;
  readonly match: number;
}

const PATH_RANK: Readonly<Record<RouteMatch["path"]["kind"], number>> = { exact: 0, regex: 1, prefix: 2 };

/**
 * The specification's order between matches (HTTPRouteRule.matches): the more specific hostname, then an exact path,
 * the longest prefix, a method, the most headers, the most query parameters, the oldest route, the first by
 * "namespace/name", the first rule. Regular expressions, which it leaves to implementations, go between exact and prefix.
 */
export function compareEntries(a: RankedEntry, b: RankedEntry): number {
  const left = a.entry.match;
  const right = b.entry.match;
  return (
    compareSpecificity(a.hostname, b.hostname) ||
    PATH_RANK[left.path.kind] - PATH_RANK[right.path.kind] ||
    pathLength(right) - pathLength(left) ||
    Number(right.method !== undefined) - Number(left.method !== undefined) ||
    right.headers.length - left.headers.length ||
    right.queryParams.length - left.queryParams.length ||
    a.created - b.created ||
    compareText(a.route, b.route) ||
    a.rule - b.rule ||
    a.match - b.match
  );
}

/** A trailing slash of a prefix doesn't count: "/abc/" means the same as "/abc". */
function pathLength(match: RouteMatch): number {
  const { kind, value } = match.path;
  return kind === "prefix" && value.length > 1 && value.endsWith("/") ? value.length - 1 : value.length;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
