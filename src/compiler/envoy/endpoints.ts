import type { LbEndpointSchema } from "../../gen/envoy/config/endpoint/v3/endpoint_components_pb.js";
import { ClusterLoadAssignmentSchema } from "../../gen/envoy/config/endpoint/v3/endpoint_pb.js";
import type { Endpoint, EndpointSet } from "../../model/endpoints.ts";
import type { Leg } from "../routing/routing.ts";
import { marshal } from "./marshal.ts";
import type { Init } from "./message-init.ts";
import type { EnvoyResource } from "./resource.ts";

/** Where a leg's requests go. Sorted, so that the order in which discovery found them changes nothing. */
export function translateEndpoints(leg: Leg, set: EndpointSet): EnvoyResource {
  const sorted = [...set.endpoints].sort(byAddress);
  return marshal(
    "ClusterLoadAssignment",
    leg.id,
    ClusterLoadAssignmentSchema,
    { clusterName: leg.id, endpoints: sorted.length > 0 ? [{ lbEndpoints: sorted.map(lbEndpoint) }] : [] },
    { references: [], owners: [leg.source] },
  );
}

function byAddress(a: Endpoint, b: Endpoint): number {
  if (a.address !== b.address) return a.address < b.address ? -1 : 1;
  return a.port - b.port;
}

function lbEndpoint({ address, port, weight }: Endpoint): Init<typeof LbEndpointSchema> {
  return {
    hostIdentifier: {
      case: "endpoint",
      value: {
        address: {
          address: {
            case: "socketAddress",
            value: { address, portSpecifier: { case: "portValue", value: port } },
          },
        },
      },
    },
    loadBalancingWeight: weight ?? 1,
  };
}
