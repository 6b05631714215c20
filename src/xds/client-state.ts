/** What one client asked for, holds and should hold. Pure state of one stream. */
import type { EnvoyResource, ResourceId, ResourceType } from "../compiler/envoy/resource.ts";
import { Channel } from "./channel.ts";
import { HeldResources } from "./held-resources.ts";
import { LocalRefusals } from "./local-refusals.ts";
import { Outstanding } from "./outstanding.ts";
import { nameOf, SEND_ORDER, TYPE_RULES, typeOf } from "./type-rules.ts";
import type { Offers } from "./wanted-resources.ts";

/** What a client should end up with. "asIs": no version can be offered, so whatever it has stays. */
type Target =
  | { readonly kind: "have"; readonly resource: EnvoyResource }
  | { readonly kind: "gone" }
  | { readonly kind: "asIs" };

export class ClientState {
  readonly #offers: Offers;
  readonly channels: ReadonlyMap<ResourceType, Channel> = new Map(SEND_ORDER.map((type) => [type, new Channel(type)]));
  readonly held = new HeldResources();
  readonly refusals = new LocalRefusals();
  readonly outstanding = new Outstanding();
  /** Until when a client that came back may hold more than it has said; undefined for one that is new or has said all. */
  announcingUntil: number | undefined;

  constructor(offers: Offers) {
    this.#offers = offers;
  }

  target(id: ResourceId): Target {
    const offered = this.#offers.offered(id);
    if (!offered) return { kind: this.#offers.isNeeded(id) ? "asIs" : "gone" };
    if (!this.refusals.stops(offered)) return { kind: "have", resource: offered };
    const lastGood = this.#offers.lastGood(id);
    return lastGood && !this.refusals.stops(lastGood) ? { kind: "have", resource: lastGood } : { kind: "asIs" };
  }

  /** Whether the client may use anything else than this version. */
  differs(id: ResourceId, resource: EnvoyResource): boolean {
    return this.held.version(id) !== resource.version || this.held.isUncertain(id);
  }

  trackAll(type: ResourceType, now: number): void {
    for (const id of this.#offers.offeredOf(type)) this.track(id, now);
  }

  /** Brings the list of what is outstanding up to date for one id. */
  track(id: ResourceId, now: number, sequence: number = this.#offers.sequenceOf(id)): void {
    if (this.#isMissing(id)) this.outstanding.add(id, sequence, now);
    else this.outstanding.remove(id);
  }

  #isMissing(id: ResourceId): boolean {
    const target = this.target(id);
    switch (target.kind) {
      case "asIs":
        return false;
      case "gone":
        return this.held.mayHave(id);
      case "have":
        return this.differs(id, target.resource) && this.#isExpected(id);
    }
  }

  #isExpected(id: ResourceId): boolean {
    const type = typeOf(id);
    const subscription = this.channels.get(type)?.subscription;
    switch (TYPE_RULES[type].expected) {
      case "always":
        return true;
      case "withListener":
        return subscription?.isStarted === true || this.held.count("Listener") > 0;
      case "whenUsed":
        return subscription?.includes(nameOf(id)) === true || this.held.isUsed(id);
    }
  }
}
