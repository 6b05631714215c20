/** An Envoy with one listener, one route and one cluster, and everything else as Envoy has it. */
export function bareBootstrap(adminSocket: string, port: number, originPort: number): object {
  const address = (value: number) => ({ socket_address: { address: "127.0.0.1", port_value: value } });
  const type = "type.googleapis.com/envoy.extensions.filters";
  const manager = {
    "@type": `${type}.network.http_connection_manager.v3.HttpConnectionManager`,
    stat_prefix: "bare",
    http_filters: [{ name: "router", typed_config: { "@type": `${type}.http.router.v3.Router` } }],
    route_config: {
      virtual_hosts: [
        { name: "all", domains: ["*"], routes: [{ match: { prefix: "/" }, route: { cluster: "origin" } }] },
      ],
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
      clusters: [
        {
          name: "origin",
          type: "STATIC",
          load_assignment: {
            cluster_name: "origin",
            endpoints: [{ lb_endpoints: [{ endpoint: { address: address(originPort) } }] }],
          },
        },
      ],
    },
  };
}
