import { create } from "@bufbuild/protobuf";
import { MetadataSchema } from "../../gen/envoy/config/core/v3/base_pb.js";
import { LuaSchema } from "../../gen/envoy/extensions/filters/http/lua/v3/lua_pb.js";
import type { HttpFilterSchema } from "../../gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js";
import type { ChainRouting } from "../routing/routing.ts";
import { packed } from "./marshal.ts";
import type { Init } from "./message-init.ts";
import { FILTER, SCOPE_HEADER, scopeName, WILDCARD } from "./names.ts";

/** On the virtual host of an exact name, so that the fallback knows a hit after it has changed the scope key. */
export const EXACT_HOST_METADATA = create(MetadataSchema, {
  filterMetadata: { [FILTER.hostFallback]: { exact: true } },
});

/**
 * Runs only for requests that no exact host took at once (those switch it off). Scope keys are case-sensitive and
 * have no default, so it tries the lower-case name, and then the table's wildcards. Filters run although there is
 * no route yet, and a cleared route cache makes Envoy choose the scope anew: at `handle:metadata()`, which asks for
 * the route; `virtualHost()` alone would still see none.
 */
export function hostFallback({ table }: ChainRouting): Init<typeof HttpFilterSchema> {
  return {
    name: FILTER.hostFallback,
    configType: {
      case: "typedConfig",
      value: packed(LuaSchema, {
        defaultSourceCode: { specifier: { case: "inlineString", value: fallbackScript(table) } },
        clearRouteCache: false,
      }),
    },
  };
}

/**
 * 400 for what is no host: two Host headers arrive joined by a comma, "*" would be taken for the wildcards, and names
 * that Envoy leaves half of a port or a dot on ("a.example.com:") would pass by their own host to a broader one.
 */
function fallbackScript(table: string): string {
  return `
function envoy_on_request(handle)
  local headers = handle:headers()
  local key = headers:get(${luaString(SCOPE_HEADER)}) or ""
  local lower = string.lower(key)
  if lower ~= key then
    headers:replace(${luaString(SCOPE_HEADER)}, lower)
    handle:clearRouteCache()
    handle:metadata()
    if handle:virtualHost():metadata():get("exact") then return end
  end
  local host = string.sub(lower, ${scopeName(table, "").length + 1})
  local name = string.find(host, "^[%w_][%w%.%-_]*$") and not string.find(host, "%.%.") and string.sub(host, -1) ~= "."
  if not name and not string.find(host, "^%[[%x%.:]+%]$") then
    handle:respond({ [":status"] = "400" }, "")
    return
  end
  headers:replace(${luaString(SCOPE_HEADER)}, ${luaString(scopeName(table, WILDCARD))})
  handle:clearRouteCache()
end
`;
}

function luaString(text: string): string {
  return `"${text.replace(/[^ -~]|["\\]/g, (character) => `\\${String(character.charCodeAt(0)).padStart(3, "0")}`)}"`;
}
