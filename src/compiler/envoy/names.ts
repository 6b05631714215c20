/** Names that several Envoy resources must agree on. */

/** Carries the scope key from the start of a request to the choice of its routes; never leaves the gateway. */
export const SCOPE_HEADER = "x-landbridge-scope";

/** Route configurations refer to filters by these names. */
export const FILTER = {
  originalRequest: "landbridge.original_request",
  hostFallback: "landbridge.host_fallback",
  cors: "envoy.filters.http.cors",
  externalAuth: "envoy.filters.http.ext_authz",
  session: "envoy.filters.http.stateful_session",
  router: "envoy.filters.http.router",
} as const;

/** The hostname under which a table keeps all hosts that are no exact names. */
export const WILDCARD = "*";

/** A cluster that never exists: the share of a reference that doesn't resolve. */
export const UNRESOLVED_CLUSTER = "unresolved";

/**
 * The xDS secret with the system's certificate authorities, for legs that name no trust bundle of their own.
 * Whoever feeds secrets to a proxy provides it; without it such legs stay closed.
 */
export const SYSTEM_TRUST_SECRET = "trust/system";

/** Name of a host's route configuration and scope, and the scope key itself: "8443-web|a.example.com". */
export function scopeName(table: string, hostname: string): string {
  return `${table}|${hostname}`;
}

export function isExactHostname(hostname: string): boolean {
  return !hostname.startsWith("*");
}

/** Tables are called after the port of their listener: "8080", "8443-web" (ChainRouting.table). */
export function portOfTable(table: string): number {
  return Number.parseInt(table, 10);
}
