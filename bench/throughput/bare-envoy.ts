/** Envoys with one listener, one route, and everything else as Envoy has it. */

type Route = Readonly<Record<string, unknown>>;

/** Forwards everything to an origin. */
export function forwardingBootstrap(adminSocket: string, port: number, originPort: number): object {
  return bootstrap(adminSocket, port, { route: { cluster: "origin" } }, [
    {
      name: "origin",
      type: "STATIC",
      load_assignment: {
        cluster_name: "origin",
        endpoints: [{ lb_endpoints: [{ endpoint: { address: address(originPort) } }] }],
      },
    },
  ]);
}

/** Answers everything by itself: the quickest origin at hand. */
export function answeringBootstrap(adminSocket: string, port: number): object {
  return bootstrap(adminSocket, port, { direct_response: { status: 200, body: { inline_string: "a" } } }, []);
}

function bootstrap(adminSocket: string, port: number, action: Route, clusters: readonly object[]): object {
  const type = "type.googleapis.com/envoy.extensions.filters";
  const manager = {
    "@type": `${type}.network.http_connection_manager.v3.HttpConnectionManager`,
    stat_prefix: "bare",
    http_filters: [{ name: "router", typed_config: { "@type": `${type}.http.router.v3.Router` } }],
    route_config: {
      virtual_hosts: [{ name: "all", domains: ["*"], routes: [{ match: { prefix: "/" }, ...action }] }],
    },
  };
  return {
    admin: { address: { pipe: { path: adminSocket } } },
    static_resources: {
      listeners: [
        {
          name: "bare",
          address: address(port),
          filter_chains: [{ filters: [{ name: "http", typed_config: manager }] }],
        },
      ],
      clusters,
    },
  };
}

function address(port: number): object {
  return { socket_address: { address: "127.0.0.1", port_value: port } };
}
