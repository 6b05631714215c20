/** What a stream keeps of one resource type. */
import type { ResourceId, ResourceType } from "../compiler/envoy/resource.ts";
import type { ResponseEntries } from "./response-planner.ts";
import { Subscription } from "./subscription.ts";

/** A response that the client has neither acknowledged nor refused. */
export interface Unanswered {
  readonly nonce: string;
  readonly since: number;
  readonly entries: ResponseEntries;
}

export class Channel {
  readonly type: ResourceType;
  readonly subscription = new Subscription();
  /** The client came with resources from an earlier stream. */
  isRestored = false;
  /** What to look at before the next response. */
  readonly pending = new Set<ResourceId>();
  /** What to send even if the client's version is equal. */
  readonly resend = new Set<ResourceId>();
  /** Parts of a refused batch, to be sent one group at a time until the guilty are known. */
  suspects: ResourceId[][] = [];
  unanswered: Unanswered | undefined;
  /** Since when the client waits for an answer that must come even if it is empty. */
  owedSince: number | undefined;
  acknowledgedNonce = "";
  /** How many resources were sent on this stream. */
  sentCount = 0;

  constructor(type: ResourceType) {
    this.type = type;
  }
}
