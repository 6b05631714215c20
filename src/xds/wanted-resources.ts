/**
 * The resources that one gateway's proxies should have, and what stands in for those that Envoy refused. Pure state.
 *
 * A resource is *wanted* in its newest version. It is *offered* in that version unless a proxy refused it; then the
 * last version that a proxy accepted is offered, together with everything that version references, although the
 * newest set may no longer contain it. What is kept for that need not be accepted itself: the proxy that accepted what
 * references it may have had an earlier version of it.
 */
import {
  type EnvoyResource,
  type ResourceChange,
  type ResourceId,
  type ResourceType,
  resourceId,
} from "../compiler/envoy/resource.ts";
import { companionOf, SEND_ORDER, typeOf } from "./type-rules.ts";

/** What references goes before what is referenced. */
const DROP_ORDER: readonly ResourceType[] = [
  "Listener",
  "ScopedRouteConfiguration",
  "RouteConfiguration",
  "Cluster",
  "ClusterLoadAssignment",
  "Secret",
  "Runtime",
];

interface Needed {
  readonly resource: EnvoyResource;
  /** Whether any proxy has acknowledged this version. */
  accepted: boolean;
  refusal: Refusal | undefined;
  /** The newest version before this one that a proxy acknowledged; undefined once this one is accepted. */
  lastGood: EnvoyResource | undefined;
}

export interface Refusal {
  readonly version: string;
  readonly message: string;
}

export interface OfferChange {
  readonly id: ResourceId;
  readonly sequence: number;
}

/** What a session needs to know of its fleet. */
export interface Offers {
  /** The highest sequence that was applied. */
  readonly sequence: number;
  /** What proxies should have under this id now. */
  offered(id: ResourceId): EnvoyResource | undefined;
  /** Wanted, or kept for a last good version; perhaps no version of it can be offered. */
  isNeeded(id: ResourceId): boolean;
  /** What to use where the offered version is refused. */
  lastGood(id: ResourceId): EnvoyResource | undefined;
  offeredOf(type: ResourceType): Iterable<ResourceId>;
  /** When the offer of this id last changed; 0 for what was never known. */
  sequenceOf(id: ResourceId): number;
}

export class WantedResources implements Offers {
  #sequence = 0;
  readonly #wanted = new Map<ResourceId, Needed>();
  /** No longer wanted, but referenced by a last good version that may have to be offered. Has no last good itself. */
  readonly #kept = new Map<ResourceId, Needed>();
  /** So that asking what is refused, at every progress of a proxy, doesn't look at everything. */
  readonly #refused = new Set<ResourceId>();
  /** How many last good and kept versions reference an id. */
  readonly #fallbackUses = new Map<ResourceId, number>();
  readonly #sequences = new Map<ResourceId, number>();
  readonly #offeredOf = new Map<ResourceType, Set<ResourceId>>(SEND_ORDER.map((type) => [type, new Set()]));

  get sequence(): number {
    return this.#sequence;
  }

  offered(id: ResourceId): EnvoyResource | undefined {
    const needed = this.#needed(id);
    return needed?.refusal ? needed.lastGood : needed?.resource;
  }

  isNeeded(id: ResourceId): boolean {
    return this.#needed(id) !== undefined;
  }

  lastGood(id: ResourceId): EnvoyResource | undefined {
    return this.#wanted.get(id)?.lastGood;
  }

  offeredOf(type: ResourceType): Iterable<ResourceId> {
    return this.#offeredOf.get(type) ?? [];
  }

  sequenceOf(id: ResourceId): number {
    return this.#sequences.get(id) ?? 0;
  }

  /** Resources that are held at their last good version, or out, because a proxy refused the newest. */
  *refused(): Iterable<{ readonly resource: EnvoyResource; readonly refusal: Refusal }> {
    for (const id of this.#refused) {
      const wanted = this.#wanted.get(id);
      if (wanted?.refusal) yield { resource: wanted.resource, refusal: wanted.refusal };
    }
  }

  /** @returns ids whose offer changed. Changes that change nothing (equal version) are left out. */
  apply(changes: readonly ResourceChange[], sequence: number): OfferChange[] {
    this.#sequence = Math.max(this.#sequence, sequence);
    const changed = new Set<ResourceId>();
    // What is referenced comes before, and goes after, what references it: each then sees whether it is still needed.
    for (const type of DROP_ORDER.toReversed()) {
      for (const { type: its, resource } of changes) if (its === type && resource) this.#want(resource, changed);
    }
    for (const type of DROP_ORDER) {
      for (const { type: its, name, resource } of changes) {
        if (its === type && !resource) this.#drop(resourceId(type, name), changed);
      }
    }
    return this.#stamp(changed, sequence);
  }

  /** A proxy has this version in use. @returns ids whose offer changed: what was kept only for an older version. */
  accept(id: ResourceId, version: string): OfferChange[] {
    const needed = this.#needed(id);
    if (!needed || needed.accepted || needed.resource.version !== version) return [];
    const changed = new Set<ResourceId>();
    const { refusal, lastGood } = needed;
    needed.accepted = true;
    needed.refusal = undefined;
    needed.lastGood = undefined;
    this.#refused.delete(id);
    if (refusal) changed.add(id);
    if (lastGood) this.#releaseFallback(lastGood, changed);
    return this.#stamp(changed, this.#sequence);
  }

  /**
   * A proxy refused this version. A version that another proxy accepted stays offered: then the cause is at that proxy.
   * @returns ids whose offer changed
   */
  refuse(id: ResourceId, refusal: Refusal): OfferChange[] {
    const needed = this.#needed(id);
    if (!needed || needed.accepted || needed.refusal || needed.resource.version !== refusal.version) return [];
    needed.refusal = refusal;
    if (this.#wanted.has(id)) this.#refused.add(id);
    return this.#stamp(new Set([id]), this.#sequence);
  }

  #needed(id: ResourceId): Needed | undefined {
    return this.#wanted.get(id) ?? this.#kept.get(id);
  }

  #want(resource: EnvoyResource, changed: Set<ResourceId>): void {
    const id = resourceId(resource.type, resource.name);
    if (this.#wanted.get(id)?.resource.version === resource.version) return;
    const kept = this.#kept.get(id);
    const before = this.#needed(id);
    const lastGood = before?.accepted ? before.resource : before?.lastGood;
    const isBack = lastGood?.version === resource.version;
    // Back to what works: no experiment.
    const next = isBack ? accepted(resource) : { resource, accepted: false, refusal: undefined, lastGood };
    this.#refused.delete(id);
    this.#kept.delete(id);
    this.#wanted.set(id, next);
    changed.add(id);
    this.#replaceFallback(kept ? kept.resource : before?.lastGood, next.lastGood, changed);
  }

  #drop(id: ResourceId, changed: Set<ResourceId>): void {
    const before = this.#wanted.get(id);
    if (!before) return;
    this.#wanted.delete(id);
    this.#refused.delete(id);
    changed.add(id);
    const kept = before.lastGood ? accepted(before.lastGood) : before;
    const isKept = this.#fallbackUses.has(id);
    if (isKept) this.#kept.set(id, kept);
    this.#replaceFallback(before.lastGood, isKept ? kept.resource : undefined, changed);
  }

  /** The new is held before the old is let go: what both reference stays. */
  #replaceFallback(before: EnvoyResource | undefined, next: EnvoyResource | undefined, changed: Set<ResourceId>): void {
    if (next) this.#holdFallback(next);
    if (before) this.#releaseFallback(before, changed);
  }

  #holdFallback(resource: EnvoyResource): void {
    for (const target of referencesOf(resource)) {
      this.#fallbackUses.set(target, (this.#fallbackUses.get(target) ?? 0) + 1);
    }
  }

  #releaseFallback(resource: EnvoyResource, changed: Set<ResourceId>): void {
    for (const target of referencesOf(resource)) {
      const uses = (this.#fallbackUses.get(target) ?? 1) - 1;
      if (uses > 0) {
        this.#fallbackUses.set(target, uses);
        continue;
      }
      this.#fallbackUses.delete(target);
      const kept = this.#kept.get(target);
      if (!kept) continue;
      this.#kept.delete(target);
      changed.add(target);
      this.#releaseFallback(kept.resource, changed);
    }
  }

  #stamp(changed: ReadonlySet<ResourceId>, sequence: number): OfferChange[] {
    const result: OfferChange[] = [];
    for (const id of changed) {
      const ofType = this.#offeredOf.get(typeOf(id));
      if (this.offered(id)) {
        ofType?.add(id);
        this.#sequences.set(id, sequence);
      } else {
        ofType?.delete(id);
        if (this.isNeeded(id)) this.#sequences.set(id, sequence);
        else this.#sequences.delete(id);
      }
      result.push({ id, sequence });
    }
    return result;
  }
}

function accepted(resource: EnvoyResource): Needed {
  return { resource, accepted: true, refusal: undefined, lastGood: undefined };
}

/** Everything a client may not lose while it uses this resource. */
export function referencesOf(resource: EnvoyResource): readonly ResourceId[] {
  const companion = companionOf(resourceId(resource.type, resource.name));
  return companion && !resource.references.includes(companion)
    ? [...resource.references, companion]
    : resource.references;
}
