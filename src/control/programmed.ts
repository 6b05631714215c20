/**
 * When an object is live: once every connected proxy of the gateways it concerns has acknowledged the change.
 * Sequences number the publications of the control plane. Pure state; times are milliseconds of the caller's clock.
 */
import type { ObjectKey } from "../model/keys.ts";

export type ProgrammedState =
  | { readonly kind: "live"; readonly generation: number | undefined; readonly since: number }
  /** `waitsFor` names the gateways whose proxies have not acknowledged yet, or that have no proxy. */
  | {
      readonly kind: "pending";
      readonly generation: number | undefined;
      readonly since: number;
      readonly waitsFor: readonly ObjectKey[];
    };

interface Publication {
  readonly sequence: number;
  readonly generation: number | undefined;
  readonly gateways: readonly ObjectKey[];
  readonly published: number;
  liveSince: number | undefined;
}

interface GatewayProgress {
  /** Lowest sequence that all connected proxies have acknowledged; -1 when none is connected. */
  acknowledged: number;
  since: number;
}

const NO_PROXY: GatewayProgress = { acknowledged: -1, since: 0 };

export class ProgrammedTracker {
  readonly #objects = new Map<ObjectKey, Publication>();
  readonly #progress = new Map<ObjectKey, GatewayProgress>();
  readonly #pending = new Set<ObjectKey>();

  published(
    object: ObjectKey,
    publication: { sequence: number; generation: number | undefined; gateways: readonly ObjectKey[] },
    now: number,
  ): void {
    // What an earlier change still waits for, the newest does too, although it concerns other gateways.
    const before = this.#objects.get(object);
    const gateways = new Set([...publication.gateways, ...(before ? this.#waitsFor(before) : [])]);
    this.#objects.set(object, { ...publication, gateways: [...gateways], published: now, liveSince: undefined });
    this.#pending.add(object);
    this.#settle(object, now);
  }

  removed(object: ObjectKey): void {
    this.#objects.delete(object);
    this.#pending.delete(object);
  }

  /** Nothing waits for a gateway that is gone. @returns objects that concerned it */
  gatewayRemoved(gateway: ObjectKey, now: number): ObjectKey[] {
    this.#progress.delete(gateway);
    const concerned = [...this.#objects].filter(([, { gateways }]) => gateways.includes(gateway));
    for (const [object, publication] of concerned) {
      const gateways = publication.gateways.filter((other) => other !== gateway);
      this.#objects.set(object, { ...publication, gateways });
      if (this.#pending.has(object)) this.#settle(object, now);
    }
    return concerned.map(([object]) => object);
  }

  /** @param acknowledged undefined when no proxy is connected. @returns objects that became live. */
  progress(gateway: ObjectKey, acknowledged: number | undefined, now: number): ObjectKey[] {
    this.#progress.set(gateway, { acknowledged: acknowledged ?? -1, since: now });
    return [...this.#pending].filter((object) => this.#settle(object, now));
  }

  state(object: ObjectKey): ProgrammedState | undefined {
    const publication = this.#objects.get(object);
    if (!publication) return undefined;
    const { generation, published, liveSince } = publication;
    const waitsFor = this.#waitsFor(publication);
    if (waitsFor.length === 0) return { kind: "live", generation, since: liveSince ?? published };
    // A proxy that joins has nothing at first: the object isn't live there until it has caught up.
    const since = Math.max(published, ...waitsFor.map((gateway) => this.#progress.get(gateway)?.since ?? 0));
    return { kind: "pending", generation, since: liveSince === undefined ? published : since, waitsFor };
  }

  #settle(object: ObjectKey, now: number): boolean {
    const publication = this.#objects.get(object);
    if (!publication || this.#waitsFor(publication).length > 0) return false;
    publication.liveSince = now;
    this.#pending.delete(object);
    return true;
  }

  #waitsFor({ gateways, sequence }: Publication): ObjectKey[] {
    return gateways.filter((gateway) => (this.#progress.get(gateway) ?? NO_PROXY).acknowledged < sequence);
  }
}
