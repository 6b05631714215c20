/**
 * A marshalled Envoy resource: made once, when it changes; every proxy gets these bytes.
 */
import type { ObjectKey } from "../../model/keys.ts";

/** Types by their short names; TYPE_URL gives what goes over the wire. */
export type ResourceType =
  | "Cluster"
  | "ClusterLoadAssignment"
  | "Listener"
  | "RouteConfiguration"
  | "ScopedRouteConfiguration"
  | "Secret"
  | "Runtime";

export const TYPE_URL: Readonly<Record<ResourceType, string>> = {
  Cluster: "type.googleapis.com/envoy.config.cluster.v3.Cluster",
  ClusterLoadAssignment: "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment",
  Listener: "type.googleapis.com/envoy.config.listener.v3.Listener",
  RouteConfiguration: "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
  ScopedRouteConfiguration: "type.googleapis.com/envoy.config.route.v3.ScopedRouteConfiguration",
  Secret: "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret",
  Runtime: "type.googleapis.com/envoy.service.runtime.v3.Runtime",
};

/** "Cluster:hybrid/shop/shopfront/vm": a resource inside one gateway's set. */
export type ResourceId = string;

export function resourceId(type: ResourceType, name: string): ResourceId {
  return `${type}:${name}`;
}

export interface EnvoyResource {
  readonly type: ResourceType;
  readonly name: string;
  /** A hash of the bytes: equal content has the same version, also after a restart of the control plane. */
  readonly version: string;
  readonly bytes: Uint8Array;
  /**
   * What a proxy must have before it can use this one, and may not lose while it uses it:
   * a route's clusters, a scope's route configuration, a cluster's or listener's secrets.
   */
  readonly references: readonly ResourceId[];
  /** The objects to blame when Envoy refuses it. */
  readonly owners: readonly ObjectKey[];
}

/** A change of one gateway's set of resources; `resource` is undefined for a removal. */
export interface ResourceChange {
  readonly type: ResourceType;
  readonly name: string;
  readonly resource: EnvoyResource | undefined;
}
