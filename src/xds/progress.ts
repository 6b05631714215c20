/** What a fleet tells of its proxies. */
import type { ResourceId, ResourceType } from "../compiler/envoy/resource.ts";
import type { ObjectKey } from "../model/keys.ts";

export interface ProxyProgress {
  readonly instance: string;
  /** Milliseconds since 1970. */
  readonly connectedSince: number;
  /** The proxy has everything of every change up to this one, or the last good version of what was refused. */
  readonly acknowledgedSequence: number;
  readonly inSync: boolean;
  readonly types: readonly ProxyTypeProgress[];
  /** How many resources it lacks or has in another version; `outstanding` lists the first of them. */
  readonly outstandingCount: number;
  readonly outstanding: readonly OutstandingProgress[];
  /** What this proxy refused and would still refuse. */
  readonly refused: readonly RefusedReport[];
  /** It has left a response unanswered for longer than a working proxy takes. */
  readonly isStalled: boolean;
}

export interface ProxyTypeProgress {
  readonly type: ResourceType;
  /** How many the proxy has acknowledged. */
  readonly count: number;
  /** How many were sent since it connected. */
  readonly sentCount: number;
  /** The nonce that it acknowledged last; "" before the first. */
  readonly acknowledgedNonce: string;
}

export interface OutstandingProgress {
  readonly id: ResourceId;
  readonly sequence: number;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** What must be there first. */
  readonly waitsFor: ResourceId | undefined;
}

export interface RefusedReport {
  /** See problem-codes.ts: LB3001, or LB3002 if it is tried again by itself. */
  readonly code: "LB3001" | "LB3002";
  readonly instance: string;
  readonly type: ResourceType;
  readonly name: string;
  readonly version: string;
  /** Envoy's words. */
  readonly message: string;
  /** The objects to blame. */
  readonly owners: readonly ObjectKey[];
  /** When it is tried again; undefined: when its content changes. */
  readonly retryAt: number | undefined;
}

/** A resource that no proxy of a fleet is sent in its newest version. */
export interface Quarantined {
  readonly id: ResourceId;
  readonly version: string;
  /** Envoy's words. */
  readonly message: string;
  /** The objects to blame. */
  readonly owners: readonly ObjectKey[];
}
