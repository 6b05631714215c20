import { query } from "../../lib/dataflow/query.ts";
import { hostEntries, RANK, splitWithin, wildcardHosts, within } from "./collections.ts";
import { isWildcard } from "./hostnames.ts";
import { compareEntries } from "./precedence.ts";
import type { HostRouting } from "./routing.ts";

/** All routes of one host in the order in which they are tried; the argument is gateway|table|hostname. */
export const host = query<HostRouting>("host", RANK.host, (read, place) => {
  const [, table = "", hostname = ""] = splitWithin(place);
  const ranked = read.gather(hostEntries, place).flat().sort(compareEntries);
  return { table, hostname, routes: ranked.map(({ entry }) => entry) };
});

/** Spawned for each gateway|table|hostname. */
export const fileWildcardHost = query<null>("fileWildcardHost", RANK.host, (read, place) => {
  const [gateway = "", table = "", hostname = ""] = splitWithin(place);
  if (isWildcard(hostname)) read.emit(wildcardHosts, within(gateway, table), hostname);
  return null;
});
