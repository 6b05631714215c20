/**
 * The resources that one gateway's proxies should have, and what stands in for those that Envoy refused. Pure state.
 *
 * A resource is *wanted* in its newest version. It is *offered* in that version unless a proxy refused it; then the
 * last version that a proxy accepted is offered, together with everything that version references, although the
 * newest set may no longer contain it.
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

interface Wanted {
  readonly resource: EnvoyResource;
  /** Whether any proxy has acknowledged this version. */
  accepted: boolean;
  refusal: Refusal | undefined;
  /** The newest version before this one that a proxy acknowledged; undefined once this one is accepted. */
  readonly lastGood: EnvoyResource | undefined;
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
  /** Wanted, although perhaps no version of it can be offered. */
  isWanted(id: ResourceId): boolean;
  /** What to use where the offered version is refused. */
  lastGood(id: ResourceId): EnvoyResource | undefined;
  offeredOf(type: ResourceType): Iterable<ResourceId>;
  /** When the offer of this id last changed; 0 for what was never known. */
  sequenceOf(id: ResourceId): number;
}

export class WantedResources implements Offers {
  #sequence = 0;
  readonly #wanted = new Map<ResourceId, Wanted>();
  /** No longer wanted, but referenced by a last good version that may have to be offered. */
  readonly #kept = new Map<ResourceId, EnvoyResource>();
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
    const wanted = this.#wanted.get(id);
    if (!wanted) return this.#kept.get(id);
    return wanted.refusal ? wanted.lastGood : wanted.resource;
  }

  isWanted(id: ResourceId): boolean {
    return this.#wanted.has(id);
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
    const wanted = this.#wanted.get(id);
    if (!wanted || wanted.accepted || wanted.resource.version !== version) return [];
    const changed = new Set<ResourceId>();
    if (this.#refused.delete(id)) changed.add(id);
    this.#wanted.set(id, { resource: wanted.resource, accepted: true, refusal: undefined, lastGood: undefined });
    if (wanted.lastGood) this.#releaseFallback(wanted.lastGood, changed);
    return this.#stamp(changed, this.#sequence);
  }

  /**
   * A proxy refused this version. A version that another proxy accepted stays offered: then the cause is at that proxy.
   * @returns ids whose offer changed
   */
  refuse(id: ResourceId, refusal: Refusal): OfferChange[] {
    const wanted = this.#wanted.get(id);
    if (!wanted || wanted.accepted || wanted.refusal || wanted.resource.version !== refusal.version) return [];
    wanted.refusal = refusal;
    this.#refused.add(id);
    return this.#stamp(new Set([id]), this.#sequence);
  }

  #want(resource: EnvoyResource, changed: Set<ResourceId>): void {
    const id = resourceId(resource.type, resource.name);
    const before = this.#wanted.get(id);
    if (before?.resource.version === resource.version) return;
    this.#refused.delete(id);
    const kept = this.#kept.get(id);
    const lastGood = before ? (before.accepted ? before.resource : before.lastGood) : kept;
    if (lastGood?.version === resource.version) {
      // Back to what works: no experiment.
      this.#wanted.set(id, { resource, accepted: true, refusal: undefined, lastGood: undefined });
      if (before?.lastGood || kept) this.#releaseFallback(lastGood, changed);
    } else {
      this.#wanted.set(id, { resource, accepted: false, refusal: undefined, lastGood });
      if (lastGood && before?.lastGood !== lastGood && !kept) this.#holdFallback(lastGood);
    }
    this.#kept.delete(id);
    changed.add(id);
  }

  #drop(id: ResourceId, changed: Set<ResourceId>): void {
    const before = this.#wanted.get(id);
    if (!before) return;
    const good = before.accepted ? before.resource : before.lastGood;
    this.#wanted.delete(id);
    this.#refused.delete(id);
    changed.add(id);
    if (good && this.#fallbackUses.has(id)) {
      this.#kept.set(id, good);
      if (before.accepted) this.#holdFallback(good);
    } else if (before.lastGood) {
      this.#releaseFallback(before.lastGood, changed);
    }
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
      this.#releaseFallback(kept, changed);
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
        if (this.#wanted.has(id)) this.#sequences.set(id, sequence);
        else this.#sequences.delete(id);
      }
      result.push({ id, sequence });
    }
    return result;
  }
}

/** Everything a client may not lose while it uses this resource. */
export function referencesOf(resource: EnvoyResource): readonly ResourceId[] {
  const companion = companionOf(resourceId(resource.type, resource.name));
  return companion && !resource.references.includes(companion)
    ? [...resource.references, companion]
    : resource.references;
}
