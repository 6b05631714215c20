import type { IncomingMessage, ServerResponse } from "node:http";
import type { User } from "../../access/user.ts";
import type { Requester } from "../audit/audit-trail.ts";
import type { Status } from "../status/status.ts";

/** A request for something that isn't an object. */
export interface PathCall {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly accept: string;
  readonly user: User;
  readonly requester: Requester & { readonly user: User };
  readonly request: IncomingMessage;
}

export type PathAnswer =
  | { readonly kind: "json"; readonly value: unknown; readonly etag?: string }
  | { readonly kind: "text"; readonly type: string; readonly text: string | Buffer }
  | { readonly kind: "failure"; readonly status: Status }
  /** Writes the whole response itself. */
  | { readonly kind: "stream"; readonly write: (response: ServerResponse) => Promise<void> };

/** Exact paths by "get /version"; those that end in a slash take all paths below. */
export type PathRoutes = ReadonlyMap<
  string,
  (call: PathCall) => PathAnswer | undefined | Promise<PathAnswer | undefined>
>;

/** undefined: there is nothing at this path. A route may say so too. */
export async function answerPath(routes: PathRoutes, verb: string, call: PathCall): Promise<PathAnswer | undefined> {
  // HEAD is GET without a body; Node leaves it out by itself.
  const method = verb === "head" ? "get" : verb;
  const exact = routes.get(`${method} ${call.path}`);
  if (exact) return exact(call);
  for (const [name, route] of routes)
    if (name.endsWith("/") && name !== `${method} /` && `${method} ${call.path}`.startsWith(name)) return route(call);
  return undefined;
}
