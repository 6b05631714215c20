/**
 * The routing stage: what the estate means, in plain values, before any of it is Envoy's.
 * `landbridge compile --stage routing` prints these. Names in here are final: hostnames are lower case,
 * references are resolved, defaults are filled in, routes are in the order in which they are tried.
 */
import type { ObjectKey } from "../../model/keys.ts";

/** One socket of a Gateway: all of its listeners that share a port. */
export interface PortRouting {
  /** Envoy's listener name, unique in the gateway: "port-8443". */
  readonly name: string;
  readonly gateway: ObjectKey;
  readonly address: string;
  readonly port: number;
  /** HTTP: exactly one chain, without TLS. HTTPS: one for each Gateway listener, most specific SNI first. */
  readonly chains: readonly ChainRouting[];
}

export interface ChainRouting {
  /** The hosts that requests on this chain may reach. Unique in the gateway: "8080", "8443-web". */
  readonly table: string;
  /** The Gateway listeners behind it, by name. */
  readonly listeners: readonly string[];
  readonly tls?: ChainTls | undefined;
}

export interface ChainTls {
  /** SNI names, "*.example.com" for a wildcard; empty accepts any. */
  readonly serverNames: readonly string[];
  /** Names of the xDS secrets that hold the certificates, "secret/<namespace>/<name>". */
  readonly certificates: readonly string[];
}

/**
 * One hostname of one table. `hostname` is exact ("a.example.com"), a wildcard ("*.example.com") or "*".
 * An exact host is a RouteConfiguration of its own; the others of a table share one.
 */
export interface HostRouting {
  readonly table: string;
  readonly hostname: string;
  /** First match wins. A request that matches none gets 404. */
  readonly routes: readonly RouteEntry[];
}

export interface RouteEntry {
  /** What logs and `trace` call it: "shop/front/rule/0/match/1" (namespace/route/rule/i/match/j). */
  readonly name: string;
  readonly source: ObjectKey;
  readonly match: RouteMatch;
  readonly request: HeaderChanges;
  readonly response: HeaderChanges;
  readonly cors?: CorsPolicy | undefined;
  readonly externalAuth?: ExternalAuth | undefined;
  readonly action: RouteAction;
}

export interface RouteMatch {
  /** Prefix matches whole path elements: "/a" matches "/a" and "/a/b", not "/ab". "/" matches all. */
  readonly path: { readonly kind: "exact" | "prefix" | "regex"; readonly value: string };
  readonly method?: string | undefined;
  /** Names are lower case. */
  readonly headers: readonly ValueMatch[];
  readonly queryParams: readonly ValueMatch[];
}

export interface ValueMatch {
  readonly name: string;
  readonly kind: "exact" | "regex";
  readonly value: string;
}

/** Order of effect: remove, set (replaces), add (appends). */
export interface HeaderChanges {
  readonly set: readonly HeaderValue[];
  readonly add: readonly HeaderValue[];
  readonly remove: readonly string[];
}

export interface HeaderValue {
  readonly name: string;
  readonly value: string;
}

export type RouteAction = ForwardAction | RedirectAction | FailAction;

export interface ForwardAction {
  readonly kind: "forward";
  /** At least one. Weights are parts of their sum, which is over 0. */
  readonly backends: readonly WeightedBackend[];
  /**
   * Set when the weights live in the runtime (see Split): the key prefix. `weight` above is then only the
   * fallback for a proxy that has no runtime yet, and stays constant while the split moves.
   */
  readonly split?: string | undefined;
  /** What keeps a user on one side of a split. In order: the first that the request has decides. */
  readonly stickiness: readonly StickyKey[];
  readonly rewrite?: UrlRewrite | undefined;
  readonly mirrors: readonly Mirror[];
  /** The whole request, milliseconds; 0 never times out; absent: no limit. */
  readonly requestTimeoutMs?: number | undefined;
  /** One try, milliseconds; 0 never times out. */
  readonly backendTimeoutMs?: number | undefined;
  readonly retry?: RetryPolicy | undefined;
  readonly session?: SessionPersistence | undefined;
}

export interface WeightedBackend {
  /** A Leg's id, or undefined for a reference that doesn't resolve: its share gets a 500. */
  readonly leg: string | undefined;
  readonly weight: number;
  /** What this leg wants to see in Host; loses against a URLRewrite hostname of the rule. */
  readonly host?: string | undefined;
  readonly request: HeaderChanges;
  readonly response: HeaderChanges;
}

export type StickyKey =
  | {
      readonly kind: "cookie";
      readonly name: string;
      readonly path?: string | undefined;
      readonly ttlSeconds?: number | undefined;
    }
  | { readonly kind: "header"; readonly name: string }
  | { readonly kind: "sourceAddress" };

export type PathRewrite =
  | { readonly kind: "full"; readonly value: string }
  /** Replaces the prefix that the match names. */
  | { readonly kind: "prefix"; readonly value: string };

export interface UrlRewrite {
  readonly hostname?: string | undefined;
  readonly path?: PathRewrite | undefined;
}

export interface Mirror {
  readonly leg: string;
  readonly host?: string | undefined;
  readonly numerator: number;
  readonly denominator: number;
}

export interface RetryPolicy {
  /** Status codes to retry on, next to connection failures. */
  readonly codes: readonly number[];
  readonly attempts: number;
  readonly backoffMs?: number | undefined;
}

export interface SessionPersistence {
  readonly type: "cookie" | "header";
  readonly name: string;
  /** Absent for a session cookie. */
  readonly ttlSeconds?: number | undefined;
}

export interface RedirectAction {
  readonly kind: "redirect";
  readonly scheme?: "http" | "https" | undefined;
  readonly hostname?: string | undefined;
  /** Absent: keep the port of the request. A well-known port of the scheme is left out of Location. */
  readonly port?: number | undefined;
  readonly path?: PathRewrite | undefined;
  readonly status: 301 | 302 | 303 | 307 | 308;
}

/** What the specification asks for when a rule can't be served: an answer, not a crash. */
export interface FailAction {
  readonly kind: "fail";
  readonly status: number;
  readonly reason: string;
}

export interface CorsPolicy {
  /** "*", "https://a.example.com" or "https://*.example.com". */
  readonly allowOrigins: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly allowCredentials: boolean;
  readonly maxAgeSeconds: number;
}

export interface ExternalAuth {
  readonly protocol: "GRPC" | "HTTP";
  readonly leg: string;
  /** HTTP only: prefix of the path asked. */
  readonly path?: string | undefined;
  readonly allowedHeaders: readonly string[];
  readonly allowedResponseHeaders: readonly string[];
  /** Bytes of the body sent along; 0 for none. */
  readonly forwardBodyMaxBytes: number;
}

/** One way to reach one service: an Envoy cluster, shared by all routes of a gateway that use it. */
export interface Leg {
  /** Envoy's cluster name; no dots (statistics are picked by a pattern that relies on it). */
  readonly id: string;
  readonly source: ObjectKey;
  /** Key of the endpoint set that feeds it. */
  readonly endpoints: string;
  readonly protocol: "HTTP1" | "HTTP2" | "WebSocket";
  readonly tls: LegTls;
  readonly connectTimeoutMs: number;
}

export type LegTls =
  | { readonly mode: "disabled" }
  | {
      readonly mode: "simple" | "mutual";
      readonly sni: string;
      /** Names that the server's certificate must carry (any of them). */
      readonly subjectAltNames: readonly string[];
      /** Name of the xDS secret with the trust bundle; absent: the system's certificate authorities. */
      readonly trust?: string | undefined;
      /** Name of the xDS secret with the client certificate; mutual only. */
      readonly identity?: string | undefined;
    };

/** The weights of a HybridService whose split moves, as runtime keys "<prefix>.<leg id>". */
export interface Split {
  /** "split.<namespace>.<name>" */
  readonly prefix: string;
  readonly source: ObjectKey;
  /** Always sums to SPLIT_TOTAL, always in the order of the service's backends. */
  readonly weights: readonly { readonly leg: string; readonly weight: number }[];
}

/** The constant sum of a split's weights: hashes keep their side only while the sum stays. */
export const SPLIT_TOTAL = 10_000;

/** Settings of the compiler that are no resources. */
export interface CompileOptions {
  /** Where listeners bind when the Gateway names no address. */
  readonly bindAddress: string;
  readonly accessLog:
    | { readonly kind: "off" }
    | { readonly kind: "stdout" }
    | { readonly kind: "file"; readonly path: string };
  /** RTDS layers that splits are spread over; fixed when the proxy starts. */
  readonly runtimeLayers: readonly string[];
  /** The system's certificate authorities in PEM form, for legs that name none of their own. Asked once. */
  readonly systemTrust: () => string;
}

/** Key material for one xDS secret. */
export type SecretMaterial =
  | {
      readonly kind: "certificate";
      readonly name: string;
      readonly source: ObjectKey;
      readonly certificatePem: string;
      readonly privateKeyPem: string;
    }
  | {
      readonly kind: "trust";
      readonly name: string;
      readonly source: ObjectKey | undefined;
      readonly bundlePem: string;
    };
