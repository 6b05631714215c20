import type { Any } from "@bufbuild/protobuf/wkt";
import type { TypedExtensionConfigSchema } from "../../gen/envoy/config/core/v3/extension_pb.js";
import { StatefulSessionPerRouteSchema } from "../../gen/envoy/extensions/filters/http/stateful_session/v3/stateful_session_pb.js";
import { CookieBasedSessionStateSchema } from "../../gen/envoy/extensions/http/stateful_session/cookie/v3/cookie_pb.js";
import { HeaderBasedSessionStateSchema } from "../../gen/envoy/extensions/http/stateful_session/header/v3/header_pb.js";
import type { SessionPersistence } from "../routing/routing.ts";
import { duration } from "./duration.ts";
import { packed } from "./marshal.ts";
import type { Init } from "./message-init.ts";

/** Keeps a session on one endpoint of its leg. */
export function translateSession(session: SessionPersistence): Any {
  return packed(StatefulSessionPerRouteSchema, {
    override: { case: "statefulSession", value: { sessionState: sessionState(session) } },
  });
}

function sessionState({ type, name, ttlSeconds }: SessionPersistence): Init<typeof TypedExtensionConfigSchema> {
  if (type === "header") {
    return { name: "envoy.http.stateful_session.header", typedConfig: packed(HeaderBasedSessionStateSchema, { name }) };
  }
  const cookie = { name, path: "/", ...(ttlSeconds === undefined ? {} : { ttl: duration(ttlSeconds * 1000) }) };
  return { name: "envoy.http.stateful_session.cookie", typedConfig: packed(CookieBasedSessionStateSchema, { cookie }) };
}
