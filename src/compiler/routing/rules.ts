/**
 * From a rule of an HTTPRoute to route entries, one for each of its matches.
 */
import type { Reader } from "../../lib/dataflow/query.ts";
import { durationMs } from "../../model/duration.ts";
import type { HttpRoute, HttpRouteMatch, HttpRouteRule } from "../../model/http-route.ts";
import { keyOf } from "../../model/metadata.ts";
import { type BackendShare, resolveBackend, splitBackends } from "./backends.ts";
import type { Refusal } from "./conditions.ts";
import { backendFilters, type RuleFilters, ruleFilters } from "./filters.ts";
import type { RetryPolicy, RouteAction, RouteEntry, RouteMatch } from "./routing.ts";
import { sessionPersistence, sessionRefusals } from "./session.ts";

export interface CompiledRule {
  readonly entries: readonly RouteEntry[];
  /** For the ResolvedRefs condition. */
  readonly refusals: readonly Refusal[];
  /** What was asked for and can't be had: for the PartiallyInvalid condition. */
  readonly unsupported: readonly Refusal[];
  /** Legs that the rule's traffic may reach. */
  readonly legs: readonly string[];
  /** Keys of HybridServices whose split the rule follows. */
  readonly splitServices: readonly string[];
  /** Keys of all services that the rule names and that exist. */
  readonly services: readonly string[];
}

export function compileRule(read: Reader, route: HttpRoute, rule: HttpRouteRule, index: number): CompiledRule {
  const { namespace, name } = route.metadata;
  const filters = ruleFilters(read, namespace, rule.filters);
  const shares = rule.backendRefs.map((reference) => ({ reference, filters: backendFilters(reference.filters) }));
  const resolved = shares.map(({ reference, filters: own }) => ({
    weight: reference.weight,
    resolved: resolveBackend(read, namespace, reference),
    request: own.request,
    response: own.response,
  }));
  const unsupported = [
    ...filters.unsupported,
    ...shares.flatMap(({ filters: own }) => own.refusal ?? []),
    ...sessionRefusals(rule.sessionPersistence),
  ];
  const { action, splitServices } = actionOf(read, rule, filters, resolved, unsupported);
  const entries = rule.matches.map(
    (match, position): RouteEntry => ({
      name: `${namespace}/${name}/rule/${index}/match/${position}`,
      source: keyOf(route),
      match: routeMatch(match),
      request: filters.request,
      response: filters.response,
      cors: filters.cors,
      externalAuth: filters.externalAuth,
      action,
    }),
  );
  return {
    entries,
    refusals: [
      ...filters.refusals,
      ...resolved.flatMap((share) => (share.resolved.kind === "refused" ? share.resolved.refusal : [])),
    ],
    unsupported,
    legs: legsOf({ action, externalAuth: filters.externalAuth }),
    splitServices,
    services: [
      ...filters.services,
      ...resolved.flatMap((share) => (share.resolved.kind === "refused" ? [] : share.resolved.service)),
    ],
  };
}

function actionOf(
  read: Reader,
  rule: HttpRouteRule,
  filters: RuleFilters,
  shares: readonly BackendShare[],
  unsupported: readonly Refusal[],
): { action: RouteAction; splitServices: readonly string[] } {
  const fail = (reason: string) => ({ action: { kind: "fail", status: 500, reason } as const, splitServices: [] });
  if (filters.fails) return fail(filters.fails);
  const [first] = unsupported;
  if (first) return fail(first.message);
  if (filters.redirect) return { action: filters.redirect, splitServices: [] };
  if (shares.length === 0) return fail("the rule names no backend");
  const { backends, split, splitService, stickiness } = splitBackends(read, shares);
  if (backends.length === 0) return fail("no backend of the rule has a weight over 0");
  if (backends.every((backend) => backend.leg === undefined)) return fail("no backend of the rule resolves");
  const action: RouteAction = {
    kind: "forward",
    backends,
    split,
    stickiness,
    rewrite: filters.rewrite,
    mirrors: filters.mirrors,
    requestTimeoutMs: milliseconds(rule.timeouts?.request),
    backendTimeoutMs: milliseconds(rule.timeouts?.backendRequest),
    retry: retryPolicy(rule),
    session: rule.sessionPersistence && sessionPersistence(rule.sessionPersistence),
  };
  return { action, splitServices: splitService === undefined ? [] : [splitService] };
}

/** Those that a route's traffic may reach, and those that are asked or get copies. */
export function legsOf({ action, externalAuth }: Pick<RouteEntry, "action" | "externalAuth">): string[] {
  const auth = externalAuth ? [externalAuth.leg] : [];
  if (action.kind !== "forward") return auth;
  return [
    ...action.backends.flatMap((backend) => backend.leg ?? []),
    ...action.mirrors.map((mirror) => mirror.leg),
    ...auth,
  ];
}

function milliseconds(duration: string | undefined): number | undefined {
  return duration === undefined ? undefined : durationMs(duration);
}

function retryPolicy(rule: HttpRouteRule): RetryPolicy | undefined {
  if (!rule.retry) return undefined;
  return { codes: rule.retry.codes, attempts: rule.retry.attempts ?? 1, backoffMs: milliseconds(rule.retry.backoff) };
}

const PATH_KIND = { Exact: "exact", PathPrefix: "prefix", RegularExpression: "regex" } as const;
const VALUE_KIND = { Exact: "exact", RegularExpression: "regex" } as const;

function routeMatch(match: HttpRouteMatch): RouteMatch {
  return {
    path: { kind: PATH_KIND[match.path.type], value: match.path.value },
    method: match.method,
    headers: firstOfEachName(
      match.headers.map(({ type, name, value }) => ({ name: name.toLowerCase(), kind: VALUE_KIND[type], value })),
    ),
    queryParams: firstOfEachName(
      match.queryParams.map(({ type, name, value }) => ({ name, kind: VALUE_KIND[type], value })),
    ),
  };
}

/** "Only the first entry with an equivalent name MUST be considered" (HTTPHeaderMatch.name, HTTPQueryParamMatch.name). */
function firstOfEachName<Item extends { readonly name: string }>(items: readonly Item[]): Item[] {
  return items.filter((item, index) => items.findIndex((other) => other.name === item.name) === index);
}
