/** Rules between the fields of an HTTPRoute (Gateway API 1.6, the CEL validations and list types of its schema). */
import { durationMs } from "./duration.ts";
import type { HttpRouteRule, HttpRouteSpec } from "./http-route.ts";
import { checkBackend, checkFilters } from "./http-route-filter-rules.ts";
import { checkMatch } from "./http-route-match-rules.ts";
import type { FieldPath, Finding } from "./mistake.ts";
import { checkParentRefs } from "./parent-ref-rules.ts";
import { repeatedNames, repeatedValues } from "./repeated.ts";

const MAX_MATCHES = 128;

export function checkHttpRoute(spec: HttpRouteSpec): readonly Finding[] {
  const rules = ["spec", "rules"];
  return [
    ...checkParentRefs(spec.parentRefs),
    ...checkMatchCount(spec),
    ...repeatedNames(spec.rules, rules, "the rule"),
    ...spec.rules.flatMap((rule, index) => checkRule(rule, [...rules, index])),
  ];
}

function checkMatchCount({ rules }: HttpRouteSpec): Finding[] {
  const count = rules.reduce((sum, rule) => sum + rule.matches.length, 0);
  if (count <= MAX_MATCHES) return [];
  return [
    {
      code: "LB1312",
      message: `the route has ${count} matches in all, and at most ${MAX_MATCHES} are allowed`,
      hint: "Divide it into several routes.",
      path: ["spec", "rules"],
    },
  ];
}

function checkRule(rule: HttpRouteRule, path: FieldPath): Finding[] {
  return [
    ...rule.matches.flatMap((match, index) => checkMatch(match, [...path, "matches", index])),
    ...checkFilters(rule.filters, rule, [...path, "filters"]),
    ...rule.backendRefs.flatMap((backend, index) => {
      const place = [...path, "backendRefs", index];
      return [...checkBackend(backend, place), ...checkFilters(backend.filters, rule, [...place, "filters"])];
    }),
    ...checkRedirectAlone(rule, path),
    ...checkTimeouts(rule, path),
    ...checkSession(rule, path),
    ...repeatedValues(rule.retry?.codes ?? [], [...path, "retry", "codes"]),
  ];
}

function checkRedirectAlone({ filters, backendRefs }: HttpRouteRule, path: FieldPath): Finding[] {
  const redirect = filters.findIndex(({ type }) => type === "RequestRedirect");
  if (redirect < 0 || backendRefs.length === 0) return [];
  return [
    {
      code: "LB1313",
      message: "a rule that redirects can't have backendRefs too: no request would reach them",
      hint: "Take out the RequestRedirect filter or the backendRefs.",
      path: [...path, "filters", redirect],
    },
  ];
}

function checkTimeouts({ timeouts }: HttpRouteRule, path: FieldPath): Finding[] {
  if (timeouts?.request === undefined || timeouts.backendRequest === undefined) return [];
  const request = durationMs(timeouts.request);
  if (request === 0 || durationMs(timeouts.backendRequest) <= request) return [];
  return [
    {
      code: "LB1325",
      message: `one try may take ${timeouts.backendRequest}, which is longer than the whole request's ${timeouts.request}`,
      hint: "Make backendRequest at most as long as request.",
      path: [...path, "timeouts", "backendRequest"],
    },
  ];
}

function checkSession({ sessionPersistence: session }: HttpRouteRule, path: FieldPath): Finding[] {
  if (!session?.cookieConfig) return [];
  const place = [...path, "sessionPersistence", "cookieConfig"];
  const findings: Finding[] = [];
  if (session.cookieConfig.lifetimeType === "Permanent" && session.absoluteTimeout === undefined) {
    findings.push({
      code: "LB1326",
      message: "a permanent session cookie needs absoluteTimeout, which says how long it lives",
      hint: "Add absoluteTimeout, or use lifetimeType Session.",
      path: [...place, "lifetimeType"],
    });
  }
  if (session.type !== "Cookie") {
    findings.push({
      code: "LB1327",
      message: "cookieConfig is there, but the session isn't carried by a cookie",
      hint: "Use type Cookie, or take cookieConfig out.",
      path: place,
    });
  }
  return findings;
}
