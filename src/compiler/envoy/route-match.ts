import type {
  HeaderMatcherSchema,
  QueryParameterMatcherSchema,
  RouteMatchSchema,
} from "../../gen/envoy/config/route/v3/route_components_pb.js";
import type { StringMatcherSchema } from "../../gen/envoy/type/matcher/v3/string_pb.js";
import type { RouteMatch, ValueMatch } from "../routing/routing.ts";
import type { Init } from "./message-init.ts";
import { withoutTrailingSlashes } from "./path-rewrite.ts";

type EnvoyMatch = Init<typeof RouteMatchSchema>;
type HeaderMatcher = Init<typeof HeaderMatcherSchema>;

export function translateMatch(match: RouteMatch): EnvoyMatch {
  const headers = match.headers.map(({ name, ...value }) =>
    headerMatcher(name === "host" ? ":authority" : name, value),
  );
  if (match.method !== undefined) headers.unshift(exactHeader(":method", match.method));
  return { pathSpecifier: translatePath(match.path), headers, queryParameters: match.queryParams.map(queryMatcher) };
}

/** The preflight of a cross-origin request that `match` would match: it carries neither its method nor its headers. */
export function preflightMatch(match: RouteMatch): EnvoyMatch {
  const asksFor: HeaderMatcher =
    match.method === undefined
      ? { name: "access-control-request-method", headerMatchSpecifier: { case: "presentMatch", value: true } }
      : exactHeader("access-control-request-method", match.method);
  return {
    pathSpecifier: translatePath(match.path),
    headers: [
      exactHeader(":method", "OPTIONS"),
      { name: "origin", headerMatchSpecifier: { case: "presentMatch", value: true } },
      asksFor,
    ],
    queryParameters: match.queryParams.map(queryMatcher),
  };
}

export function exactHeader(name: string, value: string): HeaderMatcher {
  return headerMatcher(name, { kind: "exact", value });
}

/** Gateway API: a trailing slash of a prefix means nothing, "/" matches every path. */
function translatePath({ kind, value }: RouteMatch["path"]): NonNullable<EnvoyMatch["pathSpecifier"]> {
  switch (kind) {
    case "exact":
      return { case: "path", value };
    case "regex":
      return { case: "safeRegex", value: { regex: value } };
    case "prefix": {
      const prefix = withoutTrailingSlashes(value);
      return prefix === "" ? { case: "prefix", value: "/" } : { case: "pathSeparatedPrefix", value: prefix };
    }
  }
}

function headerMatcher(name: string, match: Pick<ValueMatch, "kind" | "value">): HeaderMatcher {
  return { name, headerMatchSpecifier: { case: "stringMatch", value: stringMatcher(match) } };
}

function queryMatcher({ name, ...match }: ValueMatch): Init<typeof QueryParameterMatcherSchema> {
  return { name, queryParameterMatchSpecifier: { case: "stringMatch", value: stringMatcher(match) } };
}

function stringMatcher({ kind, value }: Pick<ValueMatch, "kind" | "value">): Init<typeof StringMatcherSchema> {
  return kind === "exact"
    ? { matchPattern: { case: "exact", value } }
    : { matchPattern: { case: "safeRegex", value: { regex: value } } };
}
