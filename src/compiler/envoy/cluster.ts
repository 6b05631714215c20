import type { Any } from "@bufbuild/protobuf/wkt";
import {
  Cluster_DiscoveryType,
  Cluster_LbPolicy,
  ClusterSchema,
} from "../../gen/envoy/config/cluster/v3/cluster_pb.js";
import { HttpProtocolOptionsSchema } from "../../gen/envoy/extensions/upstreams/http/v3/http_protocol_options_pb.js";
import type { Leg } from "../routing/routing.ts";
import { ADS } from "./discovery-source.ts";
import { duration } from "./duration.ts";
import { marshal, packed } from "./marshal.ts";
import type { Init } from "./message-init.ts";
import { type EnvoyResource, resourceId } from "./resource.ts";
import { upstreamSecrets, upstreamTls } from "./upstream-tls.ts";

type ClusterInit = Init<typeof ClusterSchema>;
type ProtocolOptions = Init<typeof HttpProtocolOptionsSchema>;

const KIB = 1024;

/** One leg: how its endpoints are reached. The reasons for the numbers are in docs/decisions/0013. */
export function translateLeg(leg: Leg): EnvoyResource {
  const transportSocket = upstreamTls(leg);
  return marshal(
    "Cluster",
    leg.id,
    ClusterSchema,
    {
      name: leg.id,
      clusterDiscoveryType: { case: "type", value: Cluster_DiscoveryType.EDS },
      edsClusterConfig: { edsConfig: ADS },
      connectTimeout: duration(leg.connectTimeoutMs),
      lbPolicy: Cluster_LbPolicy.LEAST_REQUEST,
      perConnectionBufferLimitBytes: 32 * KIB,
      ignoreHealthOnHostRemoval: true,
      typedExtensionProtocolOptions: {
        "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": PROTOCOL[leg.protocol],
      },
      ...LIMITS,
      ...(transportSocket ? { transportSocket } : {}),
    },
    { references: upstreamSecrets(leg.tls).map((name) => resourceId("Secret", name)), owners: [leg.source] },
  );
}

const UNLIMITED = 1_000_000;

const LIMITS: ClusterInit = {
  // Whoever wants to shed load says so in a policy; Envoy's own 1024 would be a surprise. Retries are at
  // most half of what is under way, but an endpoint that goes away in a burst may need a thousand at once.
  circuitBreakers: {
    thresholds: [
      {
        maxConnections: UNLIMITED,
        maxPendingRequests: UNLIMITED,
        maxRequests: UNLIMITED,
        retryBudget: { budgetPercent: { value: 50 }, minRetryConcurrency: 1000 },
      },
    ],
  },
  // Only endpoints that can't be reached are set aside, for seconds; what a service answers is its own affair.
  outlierDetection: {
    splitExternalLocalOriginErrors: true,
    consecutiveLocalOriginFailure: 3,
    enforcingConsecutiveLocalOriginFailure: 100,
    enforcingLocalOriginSuccessRate: 0,
    enforcingConsecutive5xx: 0,
    enforcingConsecutiveGatewayFailure: 0,
    enforcingSuccessRate: 0,
    interval: duration(5_000),
    baseEjectionTime: duration(5_000),
    maxEjectionTime: duration(30_000),
    maxEjectionPercent: 50,
  },
  upstreamConnectionOptions: { tcpKeepalive: { keepaliveProbes: 3, keepaliveTime: 30, keepaliveInterval: 10 } },
};

const HTTP1: ProtocolOptions = {
  upstreamProtocolOptions: {
    case: "explicitHttpConfig",
    value: { protocolConfig: { case: "httpProtocolOptions", value: { enableTrailers: true } } },
  },
  // Below the 5 s after which Node and Apache hang up: a request must not meet a connection that is just closing.
  commonHttpProtocolOptions: { idleTimeout: duration(4_000) },
};

const HTTP2: ProtocolOptions = {
  upstreamProtocolOptions: {
    case: "explicitHttpConfig",
    value: {
      protocolConfig: {
        case: "http2ProtocolOptions",
        value: {
          initialStreamWindowSize: 256 * KIB,
          initialConnectionWindowSize: 1024 * KIB,
          allowConnect: true,
        },
      },
    },
  },
};

const PROTOCOL: Record<Leg["protocol"], Any> = {
  HTTP1: packed(HttpProtocolOptionsSchema, HTTP1),
  WebSocket: packed(HttpProtocolOptionsSchema, HTTP1),
  HTTP2: packed(HttpProtocolOptionsSchema, HTTP2),
};
