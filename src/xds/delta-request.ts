/** A DeltaDiscoveryRequest as plain data: parsed once, at the edge. */
import { fromBinary } from "@bufbuild/protobuf";
import { DeltaDiscoveryRequestSchema } from "../gen/envoy/service/discovery/v3/discovery_pb.js";

export interface DeltaRequest {
  readonly typeUrl: string;
  readonly subscribe: readonly string[];
  readonly unsubscribe: readonly string[];
  /** What the client has from an earlier stream: version by name. */
  readonly initialVersions: ReadonlyMap<string, string>;
  /** "" in a request that answers no response. */
  readonly nonce: string;
  /** Set if the request refuses the response of that nonce. */
  readonly error: string | undefined;
}

/** What a client says of itself; unproven. */
export interface NodeClaim {
  readonly id: string;
  readonly cluster: string;
}

/** @throws if the bytes are no DeltaDiscoveryRequest */
export function parseDeltaRequest(bytes: Uint8Array): { request: DeltaRequest; node: NodeClaim | undefined } {
  const message = fromBinary(DeltaDiscoveryRequestSchema, bytes);
  return {
    node: message.node && { id: message.node.id, cluster: message.node.cluster },
    request: {
      typeUrl: message.typeUrl,
      subscribe: message.resourceNamesSubscribe,
      unsubscribe: message.resourceNamesUnsubscribe,
      initialVersions: new Map(Object.entries(message.initialResourceVersions)),
      nonce: message.responseNonce,
      error: message.errorDetail && (message.errorDetail.message || "refused without a reason"),
    },
  };
}
