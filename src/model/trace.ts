/** What `landbridge trace` asks and shows: the way one request takes through the routing stage, and why it takes no other. */
import type { EndpointSet } from "./endpoints.ts";
import type { ObjectKey } from "./keys.ts";

export interface TraceRequest {
  readonly method: string;
  /** "http" or "https": which listeners can be meant. */
  readonly scheme: "http" | "https";
  /** Lower case, without a port. Also the SNI name of an https request, unless `sni` says otherwise. */
  readonly hostname: string;
  /** The host that an https connection was opened for, when the request reuses it for another. */
  readonly sni?: string | undefined;
  readonly port: number;
  /** Starts with "/"; carries the query string. */
  readonly path: string;
  /** Names are lower case; a name may come twice. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

export interface TraceResult {
  /** Absent when no listener answers on the port, scheme and name. */
  readonly listener?: TraceListener | undefined;
  /** The host table of the listener (ChainRouting.table). */
  readonly table?: string | undefined;
  /** The hostname entry that takes the request: exact, "*.example.com" or "*". */
  readonly hostname?: string | undefined;
  /** Every route of that hostname in the order they are tried; those after the chosen one too. */
  readonly candidates: readonly TraceCandidate[];
  /** RouteEntry.name of the route that serves. */
  readonly chosen?: string | undefined;
  /** Where it can go, with the weights in force; empty unless the action forwards. */
  readonly legs: readonly TraceLeg[];
  readonly action: TraceAction;
}

export interface TraceListener {
  readonly gateway: ObjectKey;
  /** Envoy's name for the socket: "port-8443". */
  readonly name: string;
  /** The Gateway listeners behind it, by name. */
  readonly listeners: readonly string[];
  readonly address: string;
  readonly port: number;
  readonly tls: boolean;
}

export interface TraceCandidate {
  readonly route: string;
  readonly source: ObjectKey;
  readonly matched: boolean;
  /** Why (not), one short phrase: "path /cart is not under /shop", "header x-staff is absent", "an earlier route took it". */
  readonly reason: string;
}

export interface TraceLeg {
  /** Leg id; undefined for a reference that does not resolve: its share gets 500. */
  readonly leg: string | undefined;
  readonly weight: number;
  /** 0 to 100. */
  readonly percent: number;
  /** The Host that this leg sees; absent: the request's own. */
  readonly host?: string | undefined;
  readonly endpoints: EndpointSet;
}

export type TraceAction =
  | { readonly kind: "forward"; readonly path: string; readonly sticky?: string | undefined }
  | { readonly kind: "redirect"; readonly status: number; readonly location: string }
  | { readonly kind: "fail"; readonly status: number; readonly reason: string };
