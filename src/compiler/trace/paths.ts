import type { TraceRequest } from "../../model/trace.ts";
import type { PathRewrite, RedirectAction, RouteMatch } from "../routing/routing.ts";
import { splitOnce, withoutTrailingSlash } from "./match.ts";

/** The path and query that the leg gets. */
export function forwardedPath(pathAndQuery: string, match: RouteMatch, rewrite: PathRewrite | undefined): string {
  const [path, query] = splitOnce(pathAndQuery, "?");
  const rewritten = rewrite ? rewritePath(path, match, rewrite) : path;
  return query === undefined ? rewritten : `${rewritten}?${query}`;
}

/** ReplacePrefixMatch replaces whole elements and leaves exactly one slash at the seam (HTTPPathModifier). */
function rewritePath(path: string, match: RouteMatch, rewrite: PathRewrite): string {
  if (rewrite.kind === "full") return rewrite.value;
  const rest = path.slice(withoutTrailingSlash(match.path.value).length);
  const joined = `${withoutTrailingSlash(rewrite.value)}${rest}`;
  return joined.startsWith("/") ? joined : `/${joined}`;
}

const DEFAULT_PORT = { http: 80, https: 443 } as const;

/** The Location of a redirect (HTTPRequestRedirectFilter, for the port of which `port` gives the rules). */
export function redirectLocation(
  action: RedirectAction,
  match: RouteMatch,
  request: TraceRequest,
  listenerPort: number,
): string {
  const scheme = action.scheme ?? request.scheme;
  const port = action.port ?? (action.scheme === undefined ? listenerPort : DEFAULT_PORT[action.scheme]);
  const shownPort = port === DEFAULT_PORT[scheme] ? "" : `:${port}`;
  return `${scheme}://${action.hostname ?? request.hostname}${shownPort}${forwardedPath(request.path, match, action.path)}`;
}
