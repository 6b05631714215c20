/**
 * What the running control plane and the command line say to each other over `<state-dir>/control.sock`.
 * Plain data: each value survives JSON unchanged.
 */
import type { Condition } from "../model/conditions.ts";
import type { EndpointSet } from "../model/endpoints.ts";
import type { ObjectKey } from "../model/keys.ts";
import type { ResourceEnvelope } from "../model/metadata.ts";
import type { Problem, SourcePosition } from "../model/problem.ts";

export const CONTROL_SOCKET = "control.sock";

/** Times are RFC 3339 in UTC. */
export interface InfoView {
  readonly version: string;
  readonly envoyVersion?: string | undefined;
  readonly pid: number;
  readonly stateDir: string;
  readonly started: string;
  readonly gateways: readonly GatewayAddress[];
  /** The resource API; absent before it serves, and without one. */
  readonly api?: { readonly url: string; readonly caPem: string } | undefined;
  /** File with one JSON object a request; absent when the access log is off or goes to standard output. */
  readonly accessLog?: string | undefined;
}

/** One socket on which a gateway answers. */
export interface GatewayAddress {
  readonly gateway: ObjectKey;
  readonly listener: string;
  readonly address: string;
  readonly port: number;
  readonly tls: boolean;
  /** What a user can open: "http://shop.localhost:8080/". */
  readonly url: string;
}

export interface ConditionView extends Condition {
  readonly lastTransitionTime: string;
}

/** ObjectStatus of the compiler, merged with what the proxies acknowledged and with times. */
export interface StatusView {
  readonly conditions?: readonly ConditionView[] | undefined;
  readonly parents?: readonly RouteParentView[] | undefined;
  readonly listeners?: readonly ListenerView[] | undefined;
  readonly addresses?: readonly { readonly type: string; readonly value: string }[] | undefined;
}

export interface RouteParentView {
  readonly parentRef: {
    readonly group: string;
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
    readonly sectionName?: string | undefined;
    readonly port?: number | undefined;
  };
  readonly controllerName: string;
  readonly conditions: readonly ConditionView[];
}

export interface ListenerView {
  readonly name: string;
  readonly supportedKinds: readonly { readonly group: string; readonly kind: string }[];
  readonly attachedRoutes: number;
  readonly conditions: readonly ConditionView[];
}

export interface ObjectView {
  /** As it was read, without status. Secrets arrive redacted. */
  readonly resource: ResourceEnvelope;
  readonly status?: StatusView | undefined;
  readonly origin: { readonly source: string; readonly position?: SourcePosition | undefined };
  /** When the control plane first read it: its age where there is no creationTimestamp. */
  readonly since: string;
}

/** A kind as the control plane knows it: what `get` takes and how it names things. */
export interface KindView {
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  /** "" for core kinds. */
  readonly group: string;
  readonly namespaced: boolean;
}

/** Absent fields match everything. */
export interface ObjectFilter {
  readonly kind?: string | undefined;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

/** What a HybridService's (or Service's) backends are right now. */
export interface ServiceView {
  readonly backends: readonly BackendView[];
}

export interface BackendView {
  readonly name: string;
  readonly platform: string;
  /** Where discovery looks: "datacenter/shop/shopfront:8010". */
  readonly looksUp: string;
  /** In force now, parts of the sum over all backends. */
  readonly weight: number;
  /** 0 to 100. */
  readonly percent: number;
  readonly host?: string | undefined;
  readonly endpoints: EndpointSet;
}

export interface ProxyView {
  readonly gateway: ObjectKey;
  /** Unique among the gateway's proxies. */
  readonly instance: string;
  readonly connectedSince: string;
  readonly types: readonly ProxyTypeView[];
  readonly inSync: boolean;
  /** Resources sent and not yet answered, and changes held back by the order of pushes: "Cluster:hybrid/shop/front/vm". */
  readonly outstanding: readonly string[];
  readonly refused: readonly RefusedView[];
}

export interface ProxyTypeView {
  /** Short name: "Cluster", "RouteConfiguration". */
  readonly type: string;
  readonly count: number;
  /** Nonce or hash that the proxy last acknowledged; "" before the first. */
  readonly version: string;
}

export interface RefusedView {
  /** "Listener:port-8443" */
  readonly resource: string;
  /** In Envoy's words. */
  readonly message: string;
  readonly owners: readonly ObjectKey[];
}

export type CompileStage = "model" | "routing" | "envoy";
export const COMPILE_STAGES: readonly CompileStage[] = ["model", "routing", "envoy"];

export interface CompileFilter {
  /** Only what belongs to this object. */
  readonly object?: ObjectKey | undefined;
}

export type WatchTopic = "objects" | "proxies" | "problems";

/** One line of the watch stream. What exists when the watch starts comes first, as ADDED. */
export type WatchLine =
  | { readonly topic: "objects"; readonly type: WatchType; readonly object: ObjectView }
  | { readonly topic: "proxies"; readonly type: WatchType; readonly proxy: ProxyView }
  | { readonly topic: "problems"; readonly problems: readonly Problem[] };

export type WatchType = "ADDED" | "MODIFIED" | "DELETED";
