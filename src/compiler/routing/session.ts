import { durationMs } from "../../model/duration.ts";
import { checkChangeableHeaderName, checkHeaderName } from "../../model/header-name.ts";
import type { HttpRouteRule } from "../../model/http-route.ts";
import type { Refusal } from "./conditions.ts";
import type { SessionPersistence } from "./routing.ts";

type SessionSpec = NonNullable<HttpRouteRule["sessionPersistence"]>;

export function sessionPersistence(spec: SessionSpec): SessionPersistence {
  const isPermanent = spec.cookieConfig?.lifetimeType === "Permanent";
  const ttlMs = isPermanent && spec.absoluteTimeout !== undefined ? durationMs(spec.absoluteTimeout) : undefined;
  return {
    type: spec.type === "Header" ? "header" : "cookie",
    name: spec.sessionName || (spec.type === "Header" ? "x-lb-session" : "lb-session"),
    ttlSeconds: ttlMs === undefined ? undefined : Math.ceil(ttlMs / 1000),
  };
}

/** The specification takes any text for a name; cookies and headers don't. */
export function sessionRefusals(spec: SessionSpec | undefined): Refusal[] {
  const check = spec?.type === "Header" ? checkChangeableHeaderName : checkHeaderName;
  if (!spec?.sessionName || !check(spec.sessionName)) return [];
  const message = `sessionName ${JSON.stringify(spec.sessionName)} can't be the name of a cookie or header; use letters, digits and hyphens`;
  return [{ reason: "UnsupportedValue", message }];
}
