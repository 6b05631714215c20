import type { MetadataSchema } from "../../gen/envoy/config/core/v3/base_pb.js";
import { LuaSchema } from "../../gen/envoy/extensions/filters/http/lua/v3/lua_pb.js";
import type { HttpFilterSchema } from "../../gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js";
import type { ChainRouting } from "../routing/routing.ts";
import { packed } from "./marshal.ts";
import type { Init } from "./message-init.ts";
import { FILTER, SCOPE_HEADER, scopeName, WILDCARD } from "./names.ts";

/** On the virtual host of an exact name, so that the fallback knows a hit after it has changed the scope key. */
export const EXACT_HOST_METADATA: Init<typeof MetadataSchema> = {
  filterMetadata: { [FILTER.hostFallback]: { exact: true } },
};

/**
 * Runs only for requests that no exact host took at once (those switch it off). Scope keys are case-sensitive and
 * have no default, so it tries the lower-case name, and then the table's wildcards. Filters run although there is
 * no route yet, and a cleared route cache makes Envoy choose the scope anew: at `handle:metadata()`, which asks for
 * the route; `virtualHost()` alone would still see none.
 */
export function hostFallback(chain: ChainRouting, chains: readonly ChainRouting[]): Init<typeof HttpFilterSchema> {
  return {
    name: FILTER.hostFallback,
    configType: {
      case: "typedConfig",
      value: packed(LuaSchema, {
        defaultSourceCode: { specifier: { case: "inlineString", value: fallbackScript(chain, chains) } },
        clearRouteCache: false,
      }),
    },
  };
}

/**
 * 400 for what is no host: two Host headers arrive joined by a comma, and "*" would be taken for the wildcards.
 * 421 for a host of which another chain has the better server name (GEP-3567): browsers reuse a connection for
 * every name on its certificate.
 */
function fallbackScript(chain: ChainRouting, chains: readonly ChainRouting[]): string {
  return `
local served_by = ${luaTable(chainsByServerName(chains))}
local function chain_for(host)
  if served_by[host] then return served_by[host] end
  local rest = host
  while true do
    local dot = string.find(rest, ".", 1, true)
    if not dot then return served_by["*"] end
    rest = string.sub(rest, dot + 1)
    if served_by["*." .. rest] then return served_by["*." .. rest] end
  end
end
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
  local host = string.sub(lower, ${scopeName(chain.table, "").length + 1})
  if not string.find(host, "^[%w%.%-_:%[%]]+$") then
    handle:respond({ [":status"] = "400" }, "")
    return
  end
  local better = chain_for(host)
  if better and better ~= ${luaString(chain.table)} then
    handle:respond({ [":status"] = "421" }, "")
    return
  end
  headers:replace(${luaString(SCOPE_HEADER)}, ${luaString(scopeName(chain.table, WILDCARD))})
  handle:clearRouteCache()
end
`;
}

/** Server name to table; a chain without server names takes what no other does. */
function chainsByServerName(chains: readonly ChainRouting[]): [name: string, table: string][] {
  return chains.flatMap(({ tls, table }) => {
    if (!tls) return [];
    const names = tls.serverNames.length > 0 ? tls.serverNames : [WILDCARD];
    return names.map((name): [string, string] => [name, table]);
  });
}

function luaTable(entries: readonly (readonly [string, string])[]): string {
  return `{ ${entries.map(([key, value]) => `[${luaString(key)}] = ${luaString(value)}`).join(", ")} }`;
}

function luaString(text: string): string {
  return `"${text.replace(/[^ -~]|["\\]/g, (character) => `\\${String(character.charCodeAt(0)).padStart(3, "0")}`)}"`;
}
