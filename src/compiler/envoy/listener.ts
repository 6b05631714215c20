import type { FilterChainSchema } from "../../gen/envoy/config/listener/v3/listener_components_pb.js";
import { ListenerSchema } from "../../gen/envoy/config/listener/v3/listener_pb.js";
import { TlsInspectorSchema } from "../../gen/envoy/extensions/filters/listener/tls_inspector/v3/tls_inspector_pb.js";
import { HttpConnectionManagerSchema } from "../../gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js";
import { DownstreamTlsContextSchema } from "../../gen/envoy/extensions/transport_sockets/tls/v3/tls_pb.js";
import type { ChainRouting, ChainTls, CompileOptions, PortRouting } from "../routing/routing.ts";
import { connectionManager } from "./connection-manager.ts";
import { secretSource } from "./discovery-source.ts";
import { duration } from "./duration.ts";
import { marshal, packed } from "./marshal.ts";
import type { Init } from "./message-init.ts";
import { type EnvoyResource, resourceId } from "./resource.ts";
import { TLS_PARAMETERS } from "./tls-parameters.ts";

type FilterChain = Init<typeof FilterChainSchema>;

const BUFFER_BYTES = 32 * 1024;
const HANDSHAKE_TIMEOUT_MS = 10_000;

/** One socket of a gateway. */
export function translateListener(port: PortRouting, options: CompileOptions): EnvoyResource {
  const secrets = port.chains.flatMap((chain) => chain.tls?.certificates ?? []);
  return marshal(
    "Listener",
    port.name,
    ListenerSchema,
    {
      name: port.name,
      statPrefix: port.name,
      address: {
        address: {
          case: "socketAddress",
          value: { address: port.address, portSpecifier: { case: "portValue", value: port.port } },
        },
      },
      listenerFilters: port.chains.some((chain) => chain.tls) ? [TLS_INSPECTOR] : [],
      listenerFiltersTimeout: duration(HANDSHAKE_TIMEOUT_MS),
      filterChains: port.chains.map((chain) => filterChain(port, chain, options)),
      perConnectionBufferLimitBytes: BUFFER_BYTES,
      // With SO_REUSEPORT a second gateway on the same port would silently get a part of the connections.
      enableReusePort: false,
    },
    { references: secrets.map((name) => resourceId("Secret", name)), owners: [port.gateway] },
  );
}

const TLS_INSPECTOR = {
  name: "envoy.filters.listener.tls_inspector",
  configType: { case: "typedConfig" as const, value: packed(TlsInspectorSchema) },
};

function filterChain(port: PortRouting, chain: ChainRouting, options: CompileOptions): FilterChain {
  const filters: FilterChain["filters"] = [
    {
      name: "envoy.filters.network.http_connection_manager",
      configType: {
        case: "typedConfig",
        value: packed(HttpConnectionManagerSchema, connectionManager(port, chain, options)),
      },
    },
  ];
  if (!chain.tls) return { name: chain.table, filters };
  return {
    name: chain.table,
    filterChainMatch: { serverNames: [...chain.tls.serverNames] },
    filters,
    transportSocket: downstreamTls(chain.tls),
    transportSocketConnectTimeout: duration(HANDSHAKE_TIMEOUT_MS),
  };
}

function downstreamTls({ certificates }: ChainTls): FilterChain["transportSocket"] {
  return {
    name: "envoy.transport_sockets.tls",
    configType: {
      case: "typedConfig",
      value: packed(DownstreamTlsContextSchema, {
        commonTlsContext: {
          tlsParams: TLS_PARAMETERS,
          tlsCertificateSdsSecretConfigs: certificates.map(secretSource),
          alpnProtocols: ["h2", "http/1.1"],
        },
      }),
    },
  };
}
