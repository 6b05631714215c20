/**
 * What a rule's backendRefs resolve to.
 */
import { apportion } from "../../lib/apportion.ts";
import type { Reader } from "../../lib/dataflow/query.ts";
import type { HttpBackendRef } from "../../model/http-route.ts";
import { objectKey } from "../../model/keys.ts";
import { GATEWAY_API_GROUP, LANDBRIDGE_GROUP } from "../../model/kind-definition.ts";
import type { Refusal } from "./conditions.ts";
import { isReferenceAllowed } from "./grants.ts";
import { mergeHeaderChanges, NO_HEADER_CHANGES } from "./header-changes.ts";
import { type HybridShape, hybridShape, splitOf } from "./hybrid-service.ts";
import { readObject } from "./inputs.ts";
import { protocolOf, servicePort } from "./kubernetes-service.ts";
import { serviceLegId } from "./legs.ts";
import { type HeaderChanges, SPLIT_TOTAL, type StickyKey, type WeightedBackend } from "./routing.ts";

/** What a reference may name besides its weight. */
export type BackendTarget = Pick<HttpBackendRef, "group" | "kind" | "name" | "namespace" | "port">;

export type ResolvedBackend =
  | { readonly kind: "service"; readonly leg: string; readonly service: string }
  | { readonly kind: "hybrid"; readonly shape: HybridShape; readonly service: string }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** Finds the service behind a reference from an HTTPRoute in `namespace`. */
export function resolveBackend(read: Reader, namespace: string, target: BackendTarget): ResolvedBackend {
  const isHybrid = target.group === LANDBRIDGE_GROUP && target.kind === "HybridService";
  if (!isHybrid && !(target.group === "" && target.kind === "Service")) {
    return refused(
      "InvalidKind",
      `backends of kind ${target.group}/${target.kind} are not supported; use Service or HybridService`,
    );
  }
  const of = target.namespace ?? namespace;
  const to = { group: target.group, kind: target.kind, namespace: of, name: target.name };
  if (!isReferenceAllowed(read, { from: { group: GATEWAY_API_GROUP, kind: "HTTPRoute", namespace }, to })) {
    return refused(
      "RefNotPermitted",
      `no ReferenceGrant in namespace ${of} lets HTTPRoutes of ${namespace} use ${target.kind} ${target.name}`,
    );
  }
  return isHybrid ? resolveHybrid(read, of, target.name) : resolveService(read, of, target);
}

function resolveHybrid(read: Reader, namespace: string, name: string): ResolvedBackend {
  const service = objectKey("HybridService", namespace, name);
  const shape = read.get(hybridShape, service);
  if (!shape) return refused("BackendNotFound", `HybridService ${namespace}/${name} does not exist`);
  if (shape.protocol === "TCP")
    return refused("UnsupportedProtocol", `HybridService ${namespace}/${name} speaks TCP, not HTTP`);
  if (shape.legs.length === 0)
    return refused("BackendNotFound", `the split of HybridService ${namespace}/${name} names no backend`);
  return { kind: "hybrid", shape, service };
}

function resolveService(read: Reader, namespace: string, target: BackendTarget): ResolvedBackend {
  const service = readObject(read, "Service", namespace, target.name);
  if (!service) return refused("BackendNotFound", `Service ${namespace}/${target.name} does not exist`);
  if (service.spec.type === "ExternalName") {
    return refused(
      "UnsupportedValue",
      `Service ${namespace}/${target.name} is of type ExternalName; use a HybridService on a DNS Platform`,
    );
  }
  const port = target.port === undefined ? undefined : servicePort(read, namespace, target.name, target.port);
  if (!port)
    return refused(
      "BackendNotFound",
      `Service ${namespace}/${target.name} has no port ${target.port ?? "(the reference names none)"}`,
    );
  if (port.protocol !== "TCP")
    return refused(
      "UnsupportedProtocol",
      `port ${port.port} of Service ${namespace}/${target.name} is ${port.protocol}`,
    );
  if (protocolOf(port) === "unsupported") {
    const message = `port ${port.port} of Service ${namespace}/${target.name} speaks ${port.appProtocol}; use a HybridService whose backend has tls`;
    return refused("UnsupportedProtocol", message);
  }
  return {
    kind: "service",
    leg: serviceLegId(namespace, target.name, port.port),
    service: objectKey("Service", namespace, target.name),
  };
}

function refused(reason: string, message: string): ResolvedBackend {
  return { kind: "refused", refusal: { reason, message } };
}

/** One backendRef with what its filters change. */
export interface BackendShare {
  readonly weight: number;
  readonly resolved: ResolvedBackend;
  readonly request: HeaderChanges;
  readonly response: HeaderChanges;
}

export interface BackendSplit {
  /** Empty when no backend has a weight over 0. */
  readonly backends: readonly WeightedBackend[];
  readonly split: string | undefined;
  /** The service whose split it is, for the gateway's runtime. */
  readonly splitService: string | undefined;
  readonly stickiness: readonly StickyKey[];
}

/** Weights of several references are scaled to this sum, so that parts of a HybridService stay exact to 0.0001 %. */
const MIXED_TOTAL = 1_000_000;

/**
 * The legs behind a rule. A rule whose only backend is a HybridService follows that service's own split, by runtime keys;
 * next to other backends its legs share the weight of the reference, and a change of the split changes the route.
 */
export function splitBackends(read: Reader, shares: readonly BackendShare[]): BackendSplit {
  const weighted = shares.filter((share) => share.weight > 0);
  const [only, ...others] = weighted;
  if (only?.resolved.kind === "hybrid" && others.length === 0) return singleHybrid(only, only.resolved);
  const parts = apportion(
    weighted.map((share) => share.weight),
    MIXED_TOTAL,
  );
  const backends = weighted
    .flatMap((share, index) => expand(read, share, parts[index] ?? 0))
    .filter((backend) => backend.weight > 0);
  const stickiness = weighted.flatMap(({ resolved }) => (resolved.kind === "hybrid" ? resolved.shape.stickiness : []));
  return { backends, split: undefined, splitService: undefined, stickiness: backends.length > 1 ? stickiness : [] };
}

function singleHybrid(
  share: BackendShare,
  { shape, service }: Extract<ResolvedBackend, { kind: "hybrid" }>,
): BackendSplit {
  const backends = shape.legs.map((leg, index) => ({
    leg: leg.id,
    weight: index === 0 ? SPLIT_TOTAL : 0,
    host: leg.host,
    request: mergeHeaderChanges(leg.request, share.request),
    response: share.response,
  }));
  return {
    backends,
    split: shape.moving ? shape.prefix : undefined,
    splitService: shape.moving ? service : undefined,
    stickiness: shape.moving ? shape.stickiness : [],
  };
}

function expand(read: Reader, share: BackendShare, weight: number): WeightedBackend[] {
  const { resolved, request, response } = share;
  if (resolved.kind === "refused")
    return [{ leg: undefined, weight, request: NO_HEADER_CHANGES, response: NO_HEADER_CHANGES }];
  if (resolved.kind === "service") return [{ leg: resolved.leg, weight, request, response }];
  const weights = read.get(splitOf, resolved.service)?.weights ?? [];
  const parts = apportion(
    weights.map((entry) => entry.weight),
    weight,
  );
  return resolved.shape.legs.map((leg, index) => ({
    leg: leg.id,
    weight: parts[index] ?? 0,
    host: leg.host,
    request: mergeHeaderChanges(leg.request, request),
    response,
  }));
}
