/** Small, real Envoy resources: hosts chosen by scope, clusters with endpoints over EDS. */
import { createHash } from "node:crypto";
import { create, type DescMessage, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { anyPack, type Duration, DurationSchema } from "@bufbuild/protobuf/wkt";
import type { EnvoyResource, ResourceChange, ResourceType } from "../../src/compiler/envoy/resource.ts";
import { Cluster_DiscoveryType, ClusterSchema } from "../../src/gen/envoy/config/cluster/v3/cluster_pb.js";
import type { AddressSchema } from "../../src/gen/envoy/config/core/v3/address_pb.js";
import { ApiVersion, ConfigSourceSchema } from "../../src/gen/envoy/config/core/v3/config_source_pb.js";
import { ClusterLoadAssignmentSchema } from "../../src/gen/envoy/config/endpoint/v3/endpoint_pb.js";
import { ListenerSchema } from "../../src/gen/envoy/config/listener/v3/listener_pb.js";
import { RouteConfigurationSchema } from "../../src/gen/envoy/config/route/v3/route_pb.js";
import { ScopedRouteConfigurationSchema } from "../../src/gen/envoy/config/route/v3/scoped_route_pb.js";
import { RouterSchema } from "../../src/gen/envoy/extensions/filters/http/router/v3/router_pb.js";
import { HttpConnectionManagerSchema } from "../../src/gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js";
import { UpstreamTlsContextSchema } from "../../src/gen/envoy/extensions/transport_sockets/tls/v3/tls_pb.js";

const fromAds = create(ConfigSourceSchema, {
  configSourceSpecifier: { case: "ads", value: {} },
  resourceApiVersion: ApiVersion.V3,
});
const oneSecond: Duration = create(DurationSchema, { seconds: 1n });

export function put(...resources: readonly EnvoyResource[]): ResourceChange[] {
  return resources.map((resource) => ({ type: resource.type, name: resource.name, resource }));
}

export function remove(
  ...resources: readonly { readonly type: ResourceType; readonly name: string }[]
): ResourceChange[] {
  return resources.map(({ type, name }) => ({ type, name, resource: undefined }));
}

/** A listener on loopback that chooses the routes by the Host header. */
export function listener(name: string, port: number): EnvoyResource {
  const connectionManager = create(HttpConnectionManagerSchema, {
    statPrefix: name,
    routeSpecifier: {
      case: "scopedRoutes",
      value: {
        name: "hosts",
        scopeKeyBuilder: {
          fragments: [
            {
              type: {
                case: "headerValueExtractor",
                value: { name: ":authority", elementSeparator: ",", extractType: { case: "index", value: 0 } },
              },
            },
          ],
        },
        rdsConfigSource: fromAds,
        configSpecifier: { case: "scopedRds", value: { scopedRdsConfigSource: fromAds } },
      },
    },
    httpFilters: [
      { name: "router", configType: { case: "typedConfig", value: anyPack(RouterSchema, create(RouterSchema)) } },
    ],
  });
  return resource("Listener", name, ListenerSchema, [], {
    name,
    address: address(port),
    filterChains: [
      {
        filters: [
          {
            name: "http",
            configType: { case: "typedConfig", value: anyPack(HttpConnectionManagerSchema, connectionManager) },
          },
        ],
      },
    ],
  });
}

/** A host with all of its traffic to one cluster: its scope and its routes. */
export function host(name: string, cluster: string): [EnvoyResource, EnvoyResource] {
  return [
    resource("ScopedRouteConfiguration", name, ScopedRouteConfigurationSchema, [`RouteConfiguration:${name}`], {
      name,
      routeConfigurationName: name,
      key: { fragments: [{ type: { case: "stringKey", value: name } }] },
    }),
    resource("RouteConfiguration", name, RouteConfigurationSchema, [`Cluster:${cluster}`], {
      name,
      virtualHosts: [
        {
          name,
          domains: ["*"],
          routes: [
            {
              match: { pathSpecifier: { case: "prefix", value: "/" } },
              action: { case: "route", value: { clusterSpecifier: { case: "cluster", value: cluster } } },
            },
          ],
        },
      ],
    }),
  ];
}

/** A cluster and its endpoints, ports on loopback. */
export function service(name: string, ...ports: readonly number[]): [EnvoyResource, EnvoyResource] {
  return [
    resource("Cluster", name, ClusterSchema, [], {
      name,
      clusterDiscoveryType: { case: "type", value: Cluster_DiscoveryType.EDS },
      edsClusterConfig: { edsConfig: fromAds },
      connectTimeout: oneSecond,
    }),
    resource("ClusterLoadAssignment", name, ClusterLoadAssignmentSchema, [], {
      clusterName: name,
      endpoints: [
        {
          lbEndpoints: ports.map((port) => ({
            hostIdentifier: { case: "endpoint" as const, value: { address: address(port) } },
          })),
        },
      ],
    }),
  ];
}

/** The same cluster over TLS, with a client certificate that has to come as a secret. */
export function securedService(name: string, secret: string, port: number): [EnvoyResource, EnvoyResource] {
  const tls = create(UpstreamTlsContextSchema, {
    commonTlsContext: {
      tlsCertificateSdsSecretConfigs: [
        {
          name: secret,
          sdsConfig: create(ConfigSourceSchema, {
            configSourceSpecifier: { case: "ads", value: {} },
            resourceApiVersion: ApiVersion.V3,
            initialFetchTimeout: create(DurationSchema),
          }),
        },
      ],
    },
  });
  const [, endpoints] = service(name, port);
  const cluster = resource("Cluster", name, ClusterSchema, [`Secret:${secret}`], {
    name,
    clusterDiscoveryType: { case: "type", value: Cluster_DiscoveryType.EDS },
    edsClusterConfig: { edsConfig: fromAds },
    connectTimeout: oneSecond,
    transportSocket: {
      name: "tls",
      configType: { case: "typedConfig", value: anyPack(UpstreamTlsContextSchema, tls) },
    },
  });
  return [cluster, endpoints];
}

/** A cluster that parses and that Envoy refuses: endpoints over EDS without saying from where. */
export function refusedCluster(name: string): EnvoyResource {
  return resource("Cluster", name, ClusterSchema, [], {
    name,
    clusterDiscoveryType: { case: "type", value: Cluster_DiscoveryType.EDS },
    connectTimeout: oneSecond,
  });
}

function address(port: number): MessageInitShape<typeof AddressSchema> {
  return {
    address: {
      case: "socketAddress",
      value: { address: "127.0.0.1", portSpecifier: { case: "portValue", value: port } },
    },
  };
}

function resource<Desc extends DescMessage>(
  type: ResourceType,
  name: string,
  schema: Desc,
  references: readonly string[],
  init: MessageInitShape<Desc>,
): EnvoyResource {
  const bytes = toBinary(schema, create(schema, init));
  const version = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
  return { type, name, version, bytes, references, owners: [`HTTPRoute/test/${name}`] };
}
