import type { Any } from "@bufbuild/protobuf/wkt";
import { HeaderValueOption_HeaderAppendAction as Append } from "../../gen/envoy/config/core/v3/base_pb.js";
import { HttpProtocolOptions_HeadersWithUnderscoresAction as Underscores } from "../../gen/envoy/config/core/v3/protocol_pb.js";
import { CorsSchema } from "../../gen/envoy/extensions/filters/http/cors/v3/cors_pb.js";
import { RouterSchema } from "../../gen/envoy/extensions/filters/http/router/v3/router_pb.js";
import { StatefulSessionSchema } from "../../gen/envoy/extensions/filters/http/stateful_session/v3/stateful_session_pb.js";
import {
  HttpConnectionManager_PathWithEscapedSlashesAction as EscapedSlashes,
  type HttpConnectionManagerSchema,
  type HttpFilterSchema,
  type ScopedRoutesSchema,
  HttpConnectionManager_ServerHeaderTransformation as ServerHeader,
} from "../../gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js";
import { HeaderMutationSchema } from "../../gen/envoy/extensions/http/early_header_mutation/header_mutation/v3/header_mutation_pb.js";
import type { ChainRouting, CompileOptions, PortRouting } from "../routing/routing.ts";
import { accessLog } from "./access-log.ts";
import { ADS } from "./discovery-source.ts";
import { duration } from "./duration.ts";
import { EXTERNAL_AUTH_FILTER } from "./external-auth.ts";
import { hostFallback } from "./host-fallback.ts";
import { packed } from "./marshal.ts";
import type { Init } from "./message-init.ts";
import { FILTER, SCOPE_HEADER, scopeName } from "./names.ts";

type ConnectionManager = Init<typeof HttpConnectionManagerSchema>;
type HttpFilter = Init<typeof HttpFilterSchema>;

const KIB = 1024;
const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Only proxies may say these, and a gateway at the edge has no proxy in front that it trusts. */
const FORGEABLE_HEADERS = [
  "forwarded",
  "proxy",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-prefix",
  "x-original-url",
  "x-real-ip",
  "x-rewrite-url",
];

/** HTTP for one chain: Envoy's guide for edges, with limits on silence and not on length. See docs/decisions/0011. */
export function connectionManager(port: PortRouting, chain: ChainRouting, options: CompileOptions): ConnectionManager {
  return {
    statPrefix: chain.table,
    routeSpecifier: { case: "scopedRoutes", value: scopedRoutes() },
    earlyHeaderMutationExtensions: [early(chain)],
    httpFilters: httpFilters(chain),
    accessLog: accessLog(port, chain, options),
    ...EDGE,
    ...TIMEOUTS,
    ...PROTOCOLS,
  };
}

const EDGE: ConnectionManager = {
  useRemoteAddress: true,
  // Nobody is internal: a client in the company's network can't steer timeouts and retries by x-envoy-* headers.
  // An empty list would mean the private ranges, so it holds an address that no client can have.
  internalAddressConfig: { cidrRanges: [{ addressPrefix: "255.255.255.255", prefixLen: 32 }] },
  appendXForwardedPort: true,
  stripPortMode: { case: "stripAnyHostPort", value: true },
  stripTrailingHostDot: true,
  normalizePath: true,
  mergeSlashes: true,
  pathWithEscapedSlashesAction: EscapedSlashes.UNESCAPE_AND_REDIRECT,
  serverHeaderTransformation: ServerHeader.PASS_THROUGH,
  maxRequestHeadersKb: 60,
};

const TIMEOUTS: ConnectionManager = {
  requestHeadersTimeout: duration(10 * SECOND),
  // Uploads may take as long as they move.
  requestTimeout: duration(0),
  // WebSockets, event streams and gRPC streams may be silent for this long.
  streamIdleTimeout: duration(60 * MINUTE),
  // A client that doesn't take its answer may not.
  streamFlushTimeout: duration(5 * MINUTE),
};

const PROTOCOLS: ConnectionManager = {
  commonHttpProtocolOptions: {
    idleTimeout: duration(15 * MINUTE),
    headersWithUnderscoresAction: Underscores.DROP_HEADER,
  },
  httpProtocolOptions: { acceptHttp10: true, enableTrailers: true },
  http2ProtocolOptions: {
    maxConcurrentStreams: 100,
    initialStreamWindowSize: 256 * KIB,
    initialConnectionWindowSize: 1024 * KIB,
    // WebSockets over HTTP/2 (RFC 8441).
    allowConnect: true,
  },
  upgradeConfigs: [{ upgradeType: "websocket" }],
};

function scopedRoutes(): Init<typeof ScopedRoutesSchema> {
  return {
    // All chains of a gateway share one subscription: their tables are part of the key.
    name: "gateway",
    scopeKeyBuilder: {
      fragments: [
        {
          type: {
            case: "headerValueExtractor",
            value: { name: SCOPE_HEADER, extractType: { case: "index", value: 0 } },
          },
        },
      ],
    },
    rdsConfigSource: ADS,
    configSpecifier: { case: "scopedRds", value: { scopedRdsConfigSource: ADS } },
  };
}

/** Before the choice of a route: the scope key, over whatever a client sent under its name. */
function early({ table }: ChainRouting): NonNullable<ConnectionManager["earlyHeaderMutationExtensions"]>[number] {
  return {
    name: "envoy.http.early_header_mutation.header_mutation",
    typedConfig: packed(HeaderMutationSchema, {
      mutations: [
        ...FORGEABLE_HEADERS.map((name) => ({ action: { case: "remove" as const, value: name } })),
        {
          action: {
            case: "append",
            value: {
              header: { key: SCOPE_HEADER, value: scopeName(table, "%REQ(:AUTHORITY)%") },
              appendAction: Append.OVERWRITE_IF_EXISTS_OR_ADD,
            },
          },
        },
      ],
    }),
  };
}

/**
 * Preflights are answered before anyone is asked who the user is. None is `disabled` until a route wants it: that is
 * decided before the host fallback has found the route.
 */
function httpFilters(chain: ChainRouting): HttpFilter[] {
  return [
    hostFallback(chain),
    filter(FILTER.cors, packed(CorsSchema)),
    filter(FILTER.externalAuth, EXTERNAL_AUTH_FILTER),
    filter(FILTER.session, packed(StatefulSessionSchema)),
    filter(FILTER.router, packed(RouterSchema, { suppressEnvoyHeaders: true })),
  ];
}

function filter(name: string, typedConfig: Any): HttpFilter {
  return { name, configType: { case: "typedConfig", value: typedConfig } };
}
