/**
 * Envoy's bootstrap: all that it can't learn over xDS. Pure. Limits follow Envoy's guide for edge proxies
 * (Configuration best practices, "Configuring Envoy as an edge proxy").
 */
import { KEPT_STATISTICS } from "./statistics.ts";

export interface BootstrapOptions {
  /** "gateway/<namespace>/<name>/<instance>" */
  readonly nodeId: string;
  readonly xdsSocketPath: string;
  readonly adminSocketPath: string;
  /** Names of the RTDS layers, lowest precedence first. They can't be added to a running Envoy. */
  readonly runtimeLayers: readonly string[];
  /** From this on Envoy gives memory back, then refuses requests. Default 2 GiB, as the guide has it. */
  readonly maxHeapBytes?: number;
  /** Connections from clients, all listeners together; the admin socket isn't counted. Default 50,000. */
  readonly maxDownstreamConnections?: number;
}

/** Envoy's `envoy.config.bootstrap.v3.Bootstrap` as JSON. Callers may add to it before it is written. */
export type Bootstrap = Readonly<Record<string, unknown>>;

/** The one static Envoy cluster: the control plane. */
export const XDS_CLUSTER = "landbridge-xds";

const TYPE = "type.googleapis.com/envoy.extensions.";
const OWNER_ONLY = 0o600;
const GIB = 1024 ** 3;

/**
 * A pattern of more than this many RE2 instructions is refused. Envoy's own bound of 100 refuses
 * ordinary expressions; RE2 runs in linear time, so the bound is about memory only.
 */
const MAX_REGEX_PROGRAM_SIZE = 2000;

/** Runtime layers are asked for before anything else; one that nobody serves must not hold back the start. */
const RUNTIME_FETCH_TIMEOUT = "2s";
/** Ready means: has been told what to serve. So clusters and listeners are waited for without a bound. */
const NO_FETCH_TIMEOUT = "0s";

export function buildBootstrap(options: BootstrapOptions): Bootstrap {
  return {
    node: { id: options.nodeId, cluster: options.nodeId.split("/").slice(0, 3).join("/") },
    admin: {
      // Whoever may open the admin socket may stop Envoy: it is a file in a private directory, never a port.
      address: { pipe: { path: options.adminSocketPath, mode: OWNER_ONLY } },
    },
    dynamic_resources: {
      ads_config: {
        api_type: "DELTA_GRPC",
        transport_api_version: "V3",
        set_node_on_first_message_only: true,
        grpc_services: [
          {
            envoy_grpc: {
              cluster_name: XDS_CLUSTER,
              // The default goes up to 30 s, in which a restarted control plane couldn't change anything.
              retry_policy: { retry_back_off: { base_interval: "0.05s", max_interval: "1s" } },
            },
          },
        ],
      },
      cds_config: fromAds(NO_FETCH_TIMEOUT),
      lds_config: fromAds(NO_FETCH_TIMEOUT),
    },
    static_resources: { clusters: [xdsCluster(options.xdsSocketPath)] },
    layered_runtime: {
      layers: [
        { name: "static", static_layer: { "re2.max_program_size.error_level": MAX_REGEX_PROGRAM_SIZE } },
        ...options.runtimeLayers.map((name) => ({
          name,
          rtds_layer: { name, rtds_config: fromAds(RUNTIME_FETCH_TIMEOUT) },
        })),
      ],
    },
    stats_config: { stats_matcher: { inclusion_list: { patterns: KEPT_STATISTICS.map(wholeName) } } },
    // No sink reads them yet: they are computed when asked for.
    stats_flush_on_admin: true,
    overload_manager: overloadManager(options.maxHeapBytes ?? 2 * GIB, options.maxDownstreamConnections ?? 50_000),
  };
}

function fromAds(initialFetchTimeout: string): object {
  return { ads: {}, resource_api_version: "V3", initial_fetch_timeout: initialFetchTimeout };
}

function wholeName(regex: string): object {
  return { safe_regex: { regex } };
}

function xdsCluster(socketPath: string): object {
  return {
    name: XDS_CLUSTER,
    type: "STATIC",
    connect_timeout: "1s",
    load_assignment: {
      cluster_name: XDS_CLUSTER,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: { pipe: { path: socketPath } } } }] }],
    },
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
        "@type": `${TYPE}upstreams.http.v3.HttpProtocolOptions`,
        explicit_http_config: { http2_protocol_options: {} },
      },
    },
  };
}

function overloadManager(maxHeapBytes: number, maxDownstreamConnections: number): object {
  const heap = "envoy.resource_monitors.fixed_heap";
  const whenHeapAt = (value: number) => [{ name: heap, threshold: { value } }];
  return {
    refresh_interval: "0.25s",
    resource_monitors: [
      {
        name: heap,
        typed_config: {
          "@type": `${TYPE}resource_monitors.fixed_heap.v3.FixedHeapConfig`,
          max_heap_size_bytes: maxHeapBytes,
        },
      },
      {
        name: "envoy.resource_monitors.global_downstream_max_connections",
        typed_config: {
          "@type": `${TYPE}resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig`,
          max_active_downstream_connections: maxDownstreamConnections,
        },
      },
    ],
    actions: [
      { name: "envoy.overload_actions.shrink_heap", triggers: whenHeapAt(0.95) },
      { name: "envoy.overload_actions.stop_accepting_requests", triggers: whenHeapAt(0.98) },
    ],
  };
}
