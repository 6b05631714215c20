/**
 * What one client holds, or may hold, and what that keeps alive. Pure state of one stream.
 *
 * A client may hold more than it acknowledged: what is on its way, and each part of a batch that it refused as a whole
 * (Envoy applies the good parts of a refused cluster or listener batch). Nothing that any of these versions references
 * may be removed.
 */
import type { EnvoyResource, ResourceId, ResourceType } from "../compiler/envoy/resource.ts";
import { SEND_ORDER, TYPE_RULES, typeOf } from "./type-rules.ts";
import { referencesOf } from "./wanted-resources.ts";

/** A version that the client brought along and that we can't know the content of. */
export interface ForeignVersion {
  readonly version: string;
  readonly references: undefined;
}

interface Held {
  /** What the client acknowledged last, or named on reconnecting. */
  acknowledged: EnvoyResource | ForeignVersion | undefined;
  /** Versions that may be in use as well. */
  possible: EnvoyResource[];
  /** A removal was sent and not (yet) acknowledged. */
  removing: boolean;
}

export class HeldResources {
  readonly #held = new Map<ResourceId, Held>();
  readonly #uses = new Map<ResourceId, number>();
  readonly #foreign = new Map<ResourceType, number>();
  readonly #counts = new Map<ResourceType, number>();
  /** Ids whose number of uses went to or from zero; or whole types, when foreign content went away. */
  #released: ResourceId[] = [];
  #firstUsed: ResourceId[] = [];

  /** The version the client certainly has, whatever else may be on its way. */
  version(id: ResourceId): string | undefined {
    return this.#held.get(id)?.acknowledged?.version;
  }

  /** Whether the client has some version of it and will not lose it by anything already sent. */
  has(id: ResourceId): boolean {
    const held = this.#held.get(id);
    return held?.acknowledged !== undefined && !held.removing;
  }

  /** Whether the client could have any trace of it. */
  mayHave(id: ResourceId): boolean {
    return this.#held.has(id);
  }

  /** Whether it is unknown which version the client uses. */
  isUncertain(id: ResourceId): boolean {
    const held = this.#held.get(id);
    return held !== undefined && (held.removing || held.possible.length > 0);
  }

  isUsed(id: ResourceId): boolean {
    return this.#uses.has(id);
  }

  /** Whether removing it could break something the client may be using. */
  isRemovable(id: ResourceId): boolean {
    return !this.#uses.has(id) && TYPE_RULES[typeOf(id)].referencedBy.every((type) => !this.#foreign.get(type));
  }

  count(type: ResourceType): number {
    return this.#counts.get(type) ?? 0;
  }

  *ids(type: ResourceType): Iterable<ResourceId> {
    for (const id of this.#held.keys()) if (typeOf(id) === type) yield id;
  }

  /** The client said on reconnecting that it has this version. */
  restore(id: ResourceId, version: string, known: EnvoyResource | undefined): void {
    this.#setAcknowledged(id, this.#entry(id), known ?? { version, references: undefined });
  }

  /** The content of a version that the client brought along may have become known. */
  learn(id: ResourceId, resource: EnvoyResource): void {
    const held = this.#held.get(id);
    const isForeign = held?.acknowledged !== undefined && held.acknowledged.references === undefined;
    if (isForeign && held.acknowledged?.version === resource.version) this.#setAcknowledged(id, held, resource);
  }

  sent(id: ResourceId, resource: EnvoyResource | undefined): void {
    const held = this.#entry(id);
    if (!resource) {
      held.removing = true;
    } else if (!held.possible.includes(resource)) {
      held.possible.push(resource);
      this.#use(resource);
    }
  }

  acknowledge(id: ResourceId, resource: EnvoyResource | undefined): void {
    if (!resource) {
      this.forget(id);
      return;
    }
    const held = this.#entry(id);
    this.#setAcknowledged(id, held, resource);
    this.#clearPossible(held);
    held.removing = false;
  }

  /** The client refused exactly this, so what it had before is in use still. */
  refuse(id: ResourceId, resource: EnvoyResource | undefined): void {
    const held = this.#held.get(id);
    if (!held) return;
    if (resource && held.possible.includes(resource)) {
      held.possible = held.possible.filter((each) => each !== resource);
      this.#unuse(resource);
    } else if (!resource) {
      held.removing = false;
    }
    if (!held.acknowledged && held.possible.length === 0 && !held.removing) this.#held.delete(id);
  }

  /**
   * The client has no trace of it any more: it acknowledged the removal, or no longer subscribes.
   * @param onItsWay a version that it may receive yet
   */
  forget(id: ResourceId, onItsWay?: EnvoyResource): void {
    const held = this.#held.get(id);
    if (!held) return;
    if (onItsWay) this.#use(onItsWay);
    this.#setAcknowledged(id, held, undefined);
    this.#clearPossible(held);
    if (onItsWay) held.possible.push(onItsWay);
    else this.#held.delete(id);
  }

  /** Ids that nothing references any more since the last call. */
  takeReleased(): readonly ResourceId[] {
    const released = this.#released;
    this.#released = [];
    return released;
  }

  /** Ids that something began to reference since the last call. */
  takeFirstUsed(): readonly ResourceId[] {
    const used = this.#firstUsed;
    this.#firstUsed = [];
    return used;
  }

  #entry(id: ResourceId): Held {
    let held = this.#held.get(id);
    if (!held) {
      held = { acknowledged: undefined, possible: [], removing: false };
      this.#held.set(id, held);
    }
    return held;
  }

  #setAcknowledged(id: ResourceId, held: Held, next: EnvoyResource | ForeignVersion | undefined): void {
    const before = held.acknowledged;
    held.acknowledged = next;
    const type = typeOf(id);
    this.#counts.set(type, this.count(type) + (next ? 1 : 0) - (before ? 1 : 0));
    // Uses of the new before those of the old: what both reference is never released in between.
    if (next) {
      if (next.references) this.#use(next);
      else this.#foreign.set(type, (this.#foreign.get(type) ?? 0) + 1);
    }
    if (before) {
      if (before.references) this.#unuse(before);
      else this.#dropForeign(type);
    }
  }

  #clearPossible(held: Held): void {
    const possible = held.possible;
    held.possible = [];
    for (const resource of possible) this.#unuse(resource);
  }

  #dropForeign(type: ResourceType): void {
    const left = (this.#foreign.get(type) ?? 1) - 1;
    this.#foreign.set(type, left);
    if (left > 0) return;
    for (const target of SEND_ORDER) {
      if (!TYPE_RULES[target].referencedBy.includes(type)) continue;
      for (const id of this.ids(target)) if (!this.#uses.has(id)) this.#released.push(id);
    }
  }

  #use(resource: EnvoyResource): void {
    for (const target of referencesOf(resource)) {
      const uses = this.#uses.get(target) ?? 0;
      this.#uses.set(target, uses + 1);
      if (uses === 0) this.#firstUsed.push(target);
    }
  }

  #unuse(resource: EnvoyResource): void {
    for (const target of referencesOf(resource)) {
      const uses = (this.#uses.get(target) ?? 1) - 1;
      if (uses > 0) this.#uses.set(target, uses);
      else {
        this.#uses.delete(target);
        this.#released.push(target);
      }
    }
  }
}
