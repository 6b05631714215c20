import {
  HeaderValueOption_HeaderAppendAction as Append,
  type HeaderValueOptionSchema,
} from "../../gen/envoy/config/core/v3/base_pb.js";
import {
  RouteAction_ClusterNotFoundResponseCode as NotFound,
  type RouteActionSchema,
  type WeightedCluster_ClusterWeightSchema,
} from "../../gen/envoy/config/route/v3/route_components_pb.js";
import { mergeHeaderChanges, NO_HEADER_CHANGES } from "../routing/header-changes.ts";
import type { ForwardAction, RouteEntry, WeightedBackend } from "../routing/routing.ts";
import { duration } from "./duration.ts";
import { hasChanges, hostOf, translateHeaderChanges } from "./header-changes.ts";
import type { Init } from "./message-init.ts";
import { translateMirror } from "./mirror.ts";
import { isExactHostname, UNRESOLVED_CLUSTER } from "./names.ts";
import { translatePathRewrite } from "./path-rewrite.ts";
import { translateRetry } from "./retry.ts";
import { hashPolicies, stickyKeys } from "./stickiness.ts";

type EnvoyAction = Init<typeof RouteActionSchema>;
type ClusterWeight = Init<typeof WeightedCluster_ClusterWeightSchema>;

/** `hostname` is that of the HostRouting: what clients asked for, unless it is a wildcard. */
export function translateForward(entry: RouteEntry, action: ForwardAction, hostname: string): EnvoyAction {
  const retryPolicy = translateRetry(action);
  const requestedHost = isExactHostname(hostname) ? hostname : undefined;
  return {
    ...translateBackends(entry, action),
    ...rewrittenPath(entry, action),
    requestMirrorPolicies: action.mirrors.map((mirror) => translateMirror(mirror, requestedHost)),
    timeout: duration(action.requestTimeoutMs ?? 0),
    ...(retryPolicy ? { retryPolicy } : {}),
  };
}

/** Backends that can be chosen: without weight only those whose weight lives in the runtime. */
export function choices({ backends, split }: ForwardAction): readonly WeightedBackend[] {
  return split === undefined ? backends.filter((backend) => backend.weight > 0) : backends;
}

/**
 * Envoy applies the changes of a weighted cluster before those of its route, the Gateway API those of a backend after
 * those of its rule. So where backends have changes, theirs include the rule's, and the route has none.
 */
export function backendsChangeHeaders(action: ForwardAction): boolean {
  return choices(action).some(({ request, response }) => hasChanges(request) || hasChanges(response));
}

function translateBackends(entry: RouteEntry, action: ForwardAction): EnvoyAction {
  const backends = choices(action);
  const [only] = backends;
  const ruleHost = action.rewrite?.hostname ?? hostOf(entry.request);
  const perBackend = backendsChangeHeaders(action);
  if (only && backends.length === 1 && action.split === undefined && !perBackend) {
    const host = ruleHost ?? only.host;
    return {
      clusterSpecifier: { case: "cluster", value: only.leg ?? UNRESOLVED_CLUSTER },
      ...notFoundCode(backends),
      ...(host === undefined
        ? {}
        : { hostRewriteSpecifier: { case: "hostRewriteLiteral", value: host }, appendXForwardedHost: true }),
    };
  }
  const sticky = backends.length > 1 ? hashPolicies(stickyKeys(action)) : [];
  const ofRule = perBackend ? entry : NO_RULE_CHANGES;
  return {
    clusterSpecifier: {
      case: "weightedClusters",
      value: {
        clusters: backends.map((backend) => clusterWeight(backend, ofRule, ruleHost)),
        runtimeKeyPrefix: action.split ?? "",
        ...(sticky.length > 0 ? { randomValueSpecifier: { case: "useHashPolicy", value: { value: true } } } : {}),
      },
    },
    ...notFoundCode(backends),
    hashPolicy: sticky,
  };
}

const NO_RULE_CHANGES: Pick<RouteEntry, "request" | "response"> = {
  request: NO_HEADER_CHANGES,
  response: NO_HEADER_CHANGES,
};

function clusterWeight(
  backend: WeightedBackend,
  ofRule: Pick<RouteEntry, "request" | "response">,
  ruleHost: string | undefined,
): ClusterWeight {
  const request = translateHeaderChanges(mergeHeaderChanges(ofRule.request, backend.request));
  const response = translateHeaderChanges(mergeHeaderChanges(ofRule.response, backend.response));
  const host = ruleHost ?? hostOf(backend.request) ?? backend.host;
  return {
    name: backend.leg ?? UNRESOLVED_CLUSTER,
    weight: backend.weight,
    requestHeadersToAdd: host === undefined ? request.add : [ORIGINAL_HOST, ...request.add],
    requestHeadersToRemove: request.remove,
    responseHeadersToAdd: response.add,
    responseHeadersToRemove: response.remove,
    ...(host === undefined ? {} : { hostRewriteSpecifier: { case: "hostRewriteLiteral", value: host } }),
  };
}

/** `appendXForwardedHost` is for rewrites of routes only, not for those of weighted clusters. */
const ORIGINAL_HOST: Init<typeof HeaderValueOptionSchema> = {
  header: { key: "x-forwarded-host", value: "%REQ(:AUTHORITY)%" },
  appendAction: Append.OVERWRITE_IF_EXISTS_OR_ADD,
};

/** Gateway API: the share of a reference that doesn't resolve gets a 500. */
function notFoundCode(backends: readonly WeightedBackend[]): EnvoyAction {
  const unresolved = backends.some((backend) => backend.leg === undefined);
  return unresolved ? { clusterNotFoundResponseCode: NotFound.INTERNAL_SERVER_ERROR } : {};
}

function rewrittenPath(entry: RouteEntry, action: ForwardAction): EnvoyAction {
  const rewrite = action.rewrite?.path && translatePathRewrite(entry.match.path, action.rewrite.path);
  if (!rewrite) return {};
  if (rewrite.kind === "prefix") return { prefixRewrite: rewrite.value };
  return { regexRewrite: { pattern: { regex: rewrite.regex }, substitution: rewrite.substitution } };
}
