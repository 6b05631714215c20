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
 * Location leaves out the well-known port of its scheme. Without a scheme of its own a redirect keeps the
 * request's, which only the request tells, so that port 80 and 443 then take two variants, to be tried in order.
 */
export function translateRedirect(path: RouteMatch["path"], action: RedirectAction): readonly RedirectVariant[] {
  const port = action.port ?? 0;
  const wellKnownFor = SCHEME_OF_PORT[port];
  if (wellKnownFor === undefined) return [{ requestScheme: undefined, redirect: redirectTo(path, action, port) }];
  const variants: RedirectVariant[] = [];
  if (action.scheme === undefined) {
    variants.push({ requestScheme: wellKnownFor, redirect: redirectTo(path, action, 0) });
  }
  const kept = action.scheme === wellKnownFor ? 0 : port;
  variants.push({ requestScheme: undefined, redirect: redirectTo(path, action, kept) });
  return variants;
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
