import {
  RedirectAction_RedirectResponseCode as Code,
  type RedirectActionSchema,
} from "../../gen/envoy/config/route/v3/route_components_pb.js";
import type { RedirectAction, RouteMatch } from "../routing/routing.ts";
import type { Init } from "./message-init.ts";
import { translatePathRewrite } from "./path-rewrite.ts";

type EnvoyRedirect = Init<typeof RedirectActionSchema>;

/** A redirect, and the scheme of the requests it is for; undefined for all. */
export interface RedirectVariant {
  readonly requestScheme: "http" | "https" | undefined;
  readonly redirect: EnvoyRedirect;
}

const CODE: Record<RedirectAction["status"], Code> = {
  301: Code.MOVED_PERMANENTLY,
  302: Code.FOUND,
  303: Code.SEE_OTHER,
  307: Code.TEMPORARY_REDIRECT,
  308: Code.PERMANENT_REDIRECT,
};

const SCHEME_OF_PORT: Readonly<Record<number, "http" | "https">> = { 80: "http", 443: "https" };

/**
 * Gateway API, HTTPRequestRedirect: without a port of its own a redirect goes to the well-known one of its scheme, and
 * without a scheme either to the port of the listener. Location leaves out the well-known port of its scheme. Which
 * that is only the request tells when the redirect names none: ports 80 and 443 then take two variants, in order.
 */
export function translateRedirect(
  path: RouteMatch["path"],
  action: RedirectAction,
  listenerPort: number,
): readonly RedirectVariant[] {
  const { scheme } = action;
  const port = action.port ?? (scheme === undefined ? listenerPort : 0);
  const wellKnownFor = SCHEME_OF_PORT[port];
  const always = (kept: number): RedirectVariant => ({
    requestScheme: undefined,
    redirect: redirectTo(path, action, kept),
  });
  if (wellKnownFor === undefined) return [always(port)];
  if (scheme !== undefined) return [always(scheme === wellKnownFor ? 0 : port)];
  return [{ requestScheme: wellKnownFor, redirect: redirectTo(path, action, 0) }, always(port)];
}

function redirectTo(path: RouteMatch["path"], action: RedirectAction, port: number): EnvoyRedirect {
  return {
    schemeRewriteSpecifier: action.scheme ? { case: "schemeRedirect", value: action.scheme } : { case: undefined },
    hostRedirect: action.hostname ?? "",
    portRedirect: port,
    pathRewriteSpecifier: redirectPath(path, action),
    responseCode: CODE[action.status],
  };
}

function redirectPath(
  path: RouteMatch["path"],
  { path: wanted }: RedirectAction,
): NonNullable<EnvoyRedirect["pathRewriteSpecifier"]> {
  const rewrite = wanted && translatePathRewrite(path, wanted);
  if (!rewrite) return { case: undefined };
  if (rewrite.kind === "prefix") return { case: "prefixRewrite", value: rewrite.value };
  const { regex, substitution } = rewrite;
  return { case: "regexRewrite", value: { pattern: { regex }, substitution } };
}
