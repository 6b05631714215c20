/**
 * Make before break, exactly: decides whether a resource may be sent to a client now, and remembers what waits for what
 * so that an acknowledgement wakes only those that waited for it. Pure state of one stream.
 */
import { type EnvoyResource, type ResourceId, resourceId } from "../compiler/envoy/resource.ts";
import type { HeldResources } from "./held-resources.ts";
import { companionOf, typeOf, WAITS_FOR } from "./type-rules.ts";
import type { Offers } from "./wanted-resources.ts";

/** The chain from a resource to what it lacks: a scope waits for its route configuration, which waits for a cluster. */
type Lack = readonly [ResourceId, ...ResourceId[]];

export class DependencyGate {
  readonly #offers: Offers;
  readonly #held: HeldResources;
  readonly #waiting = new Map<ResourceId, Lack>();
  readonly #waiters = new Map<ResourceId, Set<ResourceId>>();

  constructor(offers: Offers, held: HeldResources) {
    this.#offers = offers;
    this.#held = held;
  }

  /**
   * Whether the client has all that this resource must find there. If not, the resource is remembered as waiting.
   * @returns undefined if it may be sent, else the id that is missing
   */
  missing(resource: EnvoyResource): ResourceId | undefined {
    const id = resourceId(resource.type, resource.name);
    this.forget(id);
    const lack = this.#firstLack(resource);
    if (!lack) return undefined;
    this.#waiting.set(id, lack);
    for (const target of lack) {
      const waiters = this.#waiters.get(target);
      if (waiters) waiters.add(id);
      else this.#waiters.set(target, new Set([id]));
    }
    return lack.at(-1);
  }

  /** Ends the waiting for this id. @returns those that waited for it and have to be looked at again */
  wake(target: ResourceId): readonly ResourceId[] {
    const waiters = this.#waiters.get(target);
    if (!waiters) return [];
    const woken = [...waiters];
    for (const id of woken) this.forget(id);
    return woken;
  }

  forget(id: ResourceId): void {
    const lack = this.#waiting.get(id);
    if (!lack) return;
    this.#waiting.delete(id);
    for (const target of lack) {
      const waiters = this.#waiters.get(target);
      waiters?.delete(id);
      if (waiters?.size === 0) this.#waiters.delete(target);
    }
  }

  /** What this id waits for; undefined if it doesn't wait. */
  waitsFor(id: ResourceId): ResourceId | undefined {
    return this.#waiting.get(id)?.at(-1);
  }

  #firstLack(resource: EnvoyResource): Lack | undefined {
    const waits = WAITS_FOR[resource.type];
    for (const target of resource.references) {
      const need = waits[typeOf(target)];
      const lack =
        need === "acknowledged"
          ? this.#lackOfAcknowledged(target)
          : need === "sendable"
            ? this.#lackOfSendable(target)
            : undefined;
      if (lack) return lack;
    }
    return undefined;
  }

  #lackOfAcknowledged(target: ResourceId): Lack | undefined {
    if (!this.#held.has(target)) return [target];
    const companion = companionOf(target);
    // A companion that is wanted but refused is lacking too: its cluster can't serve.
    return companion && this.#offers.isWanted(companion) && !this.#held.has(companion) ? [companion] : undefined;
  }

  #lackOfSendable(target: ResourceId): Lack | undefined {
    if (this.#held.has(target)) return undefined;
    const offered = this.#offers.offered(target);
    if (!offered) return [target];
    const lack = this.#firstLack(offered);
    return lack && [target, ...lack];
  }
}
