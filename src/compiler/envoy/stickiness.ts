import {
  HeaderValueOption_HeaderAppendAction as Append,
  type HeaderValueOptionSchema,
} from "../../gen/envoy/config/core/v3/base_pb.js";
import type {
  HeaderMatcherSchema,
  RouteAction_HashPolicySchema,
} from "../../gen/envoy/config/route/v3/route_components_pb.js";
import type { ForwardAction, StickyKey } from "../routing/routing.ts";
import type { Init } from "./message-init.ts";
import { quoted } from "./path-rewrite.ts";

type HashPolicy = Init<typeof RouteAction_HashPolicySchema>;
type HeaderMatcher = Init<typeof HeaderMatcherSchema>;
type CookieKey = Extract<StickyKey, { kind: "cookie" }>;

/** Unique and made by the gateway: what users without a key are spread by, and what their cookie then says. */
const NEW_USER = "x-request-id";

/**
 * What keeps users on one leg of several. A session is kept on its leg by a cookie beside its own, since that one
 * names an endpoint: `<session>-leg`.
 */
export function stickyKeys({ stickiness, session }: ForwardAction): readonly StickyKey[] {
  if (stickiness.length > 0 || session === undefined) return stickiness;
  const { type, name, ttlSeconds } = session;
  return type === "cookie" ? [{ kind: "cookie", name: `${name}-leg`, ttlSeconds }] : [];
}

/** The first key that a request has decides: each policy ends the search once it has produced a hash. */
export function hashPolicies(keys: readonly StickyKey[]): HashPolicy[] {
  const policies = keys.map(policy);
  if (newUserCookie(keys)) policies.push({ case: "header", value: { headerName: NEW_USER } });
  return policies.map((policySpecifier) => ({ policySpecifier, terminal: true }));
}

/** Set in the answer to a request that has none of the keys, if a cookie is among them. */
export function newUserCookie(keys: readonly StickyKey[]): CookieKey | undefined {
  const identified = keys.some((key) => key.kind === "sourceAddress");
  return identified ? undefined : keys.find((key) => key.kind === "cookie");
}

/** Envoy makes cookies for hashing load balancers, but not for weighted clusters: so a route of its own sets it. */
export function setCookie({ name, path = "/", ttlSeconds }: CookieKey): Init<typeof HeaderValueOptionSchema> {
  const age = ttlSeconds === undefined ? "" : `; Max-Age=${ttlSeconds}`;
  // Envoy reads the value as a format string.
  const literal = (text: string) => text.replaceAll("%", "%%");
  const value = `${literal(name)}=%REQ(${NEW_USER})%; Path=${literal(path)}${age}; HttpOnly; SameSite=Lax`;
  return { header: { key: "set-cookie", value }, appendAction: Append.APPEND_IF_EXISTS_OR_ADD };
}

/** Matches requests that have none of the keys. */
export function withoutKeys(keys: readonly StickyKey[]): HeaderMatcher[] {
  return keys.filter((key) => key.kind !== "sourceAddress").map(withoutKey);
}

function withoutKey({ kind, name }: Exclude<StickyKey, { kind: "sourceAddress" }>): HeaderMatcher {
  return kind === "cookie"
    ? withoutCookie(name)
    : { name, headerMatchSpecifier: { case: "presentMatch", value: false } };
}

function withoutCookie(name: string): HeaderMatcher {
  const regex = `(?:.*;\\s*)?${quoted(name)}=[^;].*`;
  return {
    name: "cookie",
    headerMatchSpecifier: {
      case: "stringMatch",
      value: { matchPattern: { case: "safeRegex", value: { regex } } },
    },
    treatMissingHeaderAsEmpty: true,
    invertMatch: true,
  };
}

function policy(key: StickyKey): NonNullable<HashPolicy["policySpecifier"]> {
  switch (key.kind) {
    case "cookie":
      return { case: "cookie", value: { name: key.name } };
    case "header":
      return { case: "header", value: { headerName: key.name } };
    case "sourceAddress":
      return { case: "connectionProperties", value: { sourceIp: true } };
  }
}
