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

export interface Missing {
  /** false: a part was refused or doesn't exist, and only a new publication can help. */
  readonly isComing: boolean;
}

export class DependencyGate {
  readonly #offers: Offers;
  readonly #held: HeldResources;
  readonly #isComing: (id: ResourceId) => boolean;
  readonly #waiting = new Map<ResourceId, Lack>();
  readonly #waiters = new Map<ResourceId, Set<ResourceId>>();

  /** @param isComing whether there is a version of it that the client can be sent */
  constructor(offers: Offers, held: HeldResources, isComing: (id: ResourceId) => boolean) {
    this.#offers = offers;
    this.#held = held;
    this.#isComing = isComing;
  }

  /**
   * Whether the client has all that this resource must find there. If not, the resource is remembered as waiting.
   * @returns undefined if it may be sent
   */
  missing(resource: EnvoyResource): Missing | undefined {
    const id = resourceId(resource.type, resource.name);
    this.forget(id);
    const lack = this.#lackOf(resource);
    if (!lack) return undefined;
    this.#waiting.set(id, lack);
    for (const target of lack) {
      const waiters = this.#waiters.get(target);
      if (waiters) waiters.add(id);
      else this.#waiters.set(target, new Set([id]));
    }
    return { isComing: this.#comes(lack) };
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

  /** What is on its way goes first: only a resource that lacks nothing but what never comes waits in vain. */
  #lackOf(resource: EnvoyResource): Lack | undefined {
    const waits = WAITS_FOR[resource.type];
    let vain: Lack | undefined;
    for (const target of resource.references) {
      const need = waits[typeOf(target)];
      if (!need) continue;
      const lack = need === "acknowledged" ? this.#lackOfAcknowledged(target) : this.#lackOfSendable(target);
      if (lack && this.#comes(lack)) return lack;
      vain ??= lack;
    }
    return vain;
  }

  #comes(lack: Lack): boolean {
    const last = lack.at(-1);
    return last !== undefined && this.#isComing(last);
  }

  #lackOfAcknowledged(target: ResourceId): Lack | undefined {
    if (!this.#held.has(target)) return [target];
    const companion = companionOf(target);
    // A companion that is needed but refused is lacking too: its cluster can't serve.
    return companion && this.#offers.isNeeded(companion) && !this.#held.has(companion) ? [companion] : undefined;
  }

  #lackOfSendable(target: ResourceId): Lack | undefined {
    if (this.#held.has(target)) return undefined;
    const offered = this.#offers.offered(target);
    if (!offered) return [target];
    const lack = this.#lackOf(offered);
    return lack && [target, ...lack];
  }
}
