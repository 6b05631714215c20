import type { ResourceId, ResourceType } from "../compiler/envoy/resource.ts";
import type { OutstandingResource } from "./outstanding.ts";
import type { RefusedResource } from "./session-events.ts";

/** What a session can say of its client at this moment. Read at once: it looks into living state. */
export interface SessionSnapshot {
  /** The client has everything of every change up to this one, or what stands in for what was refused. */
  readonly acknowledgedSequence: number;
  readonly outstandingCount: number;
  readonly outstanding: Iterable<OutstandingResource>;
  /** What an outstanding resource waits for, if it is held back. */
  readonly waitsFor: (id: ResourceId) => ResourceId | undefined;
  readonly refused: readonly RefusedResource[];
  readonly types: readonly SessionTypeSnapshot[];
}

interface SessionTypeSnapshot {
  readonly type: ResourceType;
  /** How many resources the client has acknowledged. */
  readonly count: number;
  /** How many were sent on this stream, refused ones and repetitions counted. */
  readonly sentCount: number;
  /** "" before the first. */
  readonly acknowledgedNonce: string;
  readonly unansweredSince: number | undefined;
}
