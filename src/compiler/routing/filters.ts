/**
 * What the filters of a rule or a backendRef ask for.
 */
import type { Reader } from "../../lib/dataflow/query.ts";
import type { HttpRouteFilter } from "../../model/http-route.ts";
import { resolveBackend } from "./backends.ts";
import type { Refusal } from "./conditions.ts";
import { headerChanges, mergeHeaderChanges, NO_HEADER_CHANGES } from "./header-changes.ts";
import { splitOf } from "./hybrid-service.ts";
import { pathRefusals, pathRewrite } from "./path-rewrite.ts";
import type { CorsPolicy, ExternalAuth, HeaderChanges, Mirror, RedirectAction, UrlRewrite } from "./routing.ts";

type FilterOf<Type extends HttpRouteFilter["type"]> = Extract<HttpRouteFilter, { readonly type: Type }>;

export interface RuleFilters {
  readonly request: HeaderChanges;
  readonly response: HeaderChanges;
  readonly mirrors: readonly Mirror[];
  readonly redirect: RedirectAction | undefined;
  readonly rewrite: UrlRewrite | undefined;
  readonly cors: CorsPolicy | undefined;
  readonly externalAuth: ExternalAuth | undefined;
  /** References that don't resolve. A mirror is left out; anything else makes the rule fail, as `fails` says. */
  readonly refusals: readonly Refusal[];
  /** What was asked for and can't be had: the rule is dropped. */
  readonly unsupported: readonly Refusal[];
  /** Why requests of the rule must get a 500: a filter that can't be run may not be skipped. */
  readonly fails: string | undefined;
  /** Object keys of the services that mirrors and authorization use. */
  readonly services: readonly string[];
}

const NO_FILTERS: RuleFilters = {
  request: NO_HEADER_CHANGES,
  response: NO_HEADER_CHANGES,
  mirrors: [],
  redirect: undefined,
  rewrite: undefined,
  cors: undefined,
  externalAuth: undefined,
  refusals: [],
  unsupported: [],
  fails: undefined,
  services: [],
};

export function ruleFilters(read: Reader, namespace: string, filters: readonly HttpRouteFilter[]): RuleFilters {
  return filters.reduce((sum, filter) => addFilter(read, namespace, sum, filter), NO_FILTERS);
}

/** Filters of a backendRef: only changes of headers can differ by backend. */
export function backendFilters(
  filters: readonly HttpRouteFilter[],
): Pick<RuleFilters, "request" | "response"> & { readonly refusal: Refusal | undefined } {
  let request = NO_HEADER_CHANGES;
  let response = NO_HEADER_CHANGES;
  for (const filter of filters) {
    if (filter.type === "RequestHeaderModifier")
      request = mergeHeaderChanges(request, headerChanges(filter.requestHeaderModifier));
    else if (filter.type === "ResponseHeaderModifier")
      response = mergeHeaderChanges(response, headerChanges(filter.responseHeaderModifier));
    else {
      const message = `filter ${filter.type} is not supported on a single backend; put it on the rule`;
      return { request, response, refusal: { reason: "UnsupportedValue", message } };
    }
  }
  return { request, response, refusal: undefined };
}

function addFilter(read: Reader, namespace: string, sum: RuleFilters, filter: HttpRouteFilter): RuleFilters {
  switch (filter.type) {
    case "RequestHeaderModifier":
      return { ...sum, request: mergeHeaderChanges(sum.request, headerChanges(filter.requestHeaderModifier)) };
    case "ResponseHeaderModifier":
      return { ...sum, response: mergeHeaderChanges(sum.response, headerChanges(filter.responseHeaderModifier)) };
    case "RequestMirror":
      return addMirror(read, namespace, sum, filter.requestMirror);
    case "RequestRedirect":
      return {
        ...dropped(sum, pathRefusals(filter.requestRedirect.path)),
        redirect: redirectAction(filter.requestRedirect),
      };
    case "URLRewrite":
      return {
        ...dropped(sum, pathRefusals(filter.urlRewrite.path)),
        rewrite: {
          hostname: filter.urlRewrite.hostname,
          path: filter.urlRewrite.path && pathRewrite(filter.urlRewrite.path),
        },
      };
    case "CORS":
      return { ...sum, cors: corsPolicy(filter.cors) };
    case "ExternalAuth":
      return addExternalAuth(read, namespace, sum, filter.externalAuth);
    case "ExtensionRef": {
      const message = `filter ${filter.extensionRef.group}/${filter.extensionRef.kind} ${filter.extensionRef.name} is unknown`;
      return { ...sum, fails: message, refusals: [...sum.refusals, { reason: "InvalidKind", message }] };
    }
  }
}

function dropped(sum: RuleFilters, unsupported: readonly Refusal[]): RuleFilters {
  return { ...sum, unsupported: [...sum.unsupported, ...unsupported] };
}

function addMirror(
  read: Reader,
  namespace: string,
  sum: RuleFilters,
  mirror: FilterOf<"RequestMirror">["requestMirror"],
): RuleFilters {
  const target = heaviestLeg(read, namespace, mirror.backendRef);
  if ("refusal" in target) return { ...sum, refusals: [...sum.refusals, target.refusal] };
  const { numerator, denominator } = mirror.fraction ?? { numerator: mirror.percent ?? 100, denominator: 100 };
  const entry: Mirror = { leg: target.leg, host: target.host, numerator, denominator };
  return { ...sum, mirrors: [...sum.mirrors, entry], services: [...sum.services, target.service] };
}

function addExternalAuth(
  read: Reader,
  namespace: string,
  sum: RuleFilters,
  spec: FilterOf<"ExternalAuth">["externalAuth"],
): RuleFilters {
  const target = heaviestLeg(read, namespace, spec.backendRef);
  // Without the server nobody can say who may pass: fail closed.
  if ("refusal" in target)
    return { ...sum, fails: target.refusal.message, refusals: [...sum.refusals, target.refusal] };
  const externalAuth: ExternalAuth = {
    protocol: spec.protocol,
    leg: target.leg,
    path: spec.http?.path,
    allowedHeaders: (spec.http ?? spec.grpc)?.allowedHeaders ?? [],
    allowedResponseHeaders: spec.http?.allowedResponseHeaders ?? [],
    forwardBodyMaxBytes: spec.forwardBody?.maxSize ?? 0,
  };
  return {
    ...dropped(sum, unsupportedLimits(spec)),
    externalAuth,
    services: [...sum.services, target.service],
  };
}

/**
 * The server gets all headers of the request: Envoy has a list for a whole listener only. Over GRPC such a list takes
 * headers away, and who writes one relies on it; over HTTP it adds to a few, and all of it arrives.
 */
function unsupportedLimits({ grpc }: FilterOf<"ExternalAuth">["externalAuth"]): Refusal[] {
  if (!grpc || grpc.allowedHeaders.length === 0) return [];
  const message = "ExternalAuth can't keep headers from a GRPC server: take grpc.allowedHeaders out";
  return [{ reason: "UnsupportedValue", message }];
}

/** Copies and questions go to one leg: of a HybridService the one with the largest share now. */
function heaviestLeg(
  read: Reader,
  namespace: string,
  target: Parameters<typeof resolveBackend>[2],
): { leg: string; host: string | undefined; service: string } | { refusal: Refusal } {
  const resolved = resolveBackend(read, namespace, target);
  if (resolved.kind === "refused") return { refusal: resolved.refusal };
  if (resolved.kind === "service") return { leg: resolved.leg, host: undefined, service: resolved.service };
  const weights = read.get(splitOf, resolved.service)?.weights ?? [];
  const heaviest = weights.reduce<(typeof weights)[number] | undefined>(
    (best, entry) => (best && best.weight >= entry.weight ? best : entry),
    undefined,
  );
  const chosen = resolved.shape.legs.find((leg) => leg.id === heaviest?.leg);
  return { leg: chosen?.id ?? heaviest?.leg ?? "", host: chosen?.host, service: resolved.service };
}

function redirectAction(spec: FilterOf<"RequestRedirect">["requestRedirect"]): RedirectAction {
  return {
    kind: "redirect",
    scheme: spec.scheme,
    hostname: spec.hostname,
    port: spec.port,
    path: spec.path && pathRewrite(spec.path),
    status: spec.statusCode,
  };
}

function corsPolicy(spec: FilterOf<"CORS">["cors"]): CorsPolicy {
  return {
    allowOrigins: spec.allowOrigins,
    allowMethods: spec.allowMethods,
    allowHeaders: spec.allowHeaders,
    exposeHeaders: spec.exposeHeaders,
    allowCredentials: spec.allowCredentials,
    maxAgeSeconds: spec.maxAge,
  };
}
