/**
 * The statuses of all objects, with times: the compiler's part, what proxies acknowledged, and what they refused.
 */
import type { StatusView } from "../client/local-types.ts";
import type { ObjectStatus } from "../compiler/status.ts";
import type { ObjectKey } from "../model/keys.ts";
import { ProgrammedTracker } from "./programmed.ts";
import { type Refused, statusView, TransitionTimes } from "./status-view.ts";

export interface RefusedResource extends Refused {
  readonly owners: readonly ObjectKey[];
}

export class StatusBoard {
  readonly #statusOf: (key: ObjectKey) => ObjectStatus | undefined;
  readonly #times = new TransitionTimes();
  readonly #refused = new Map<ObjectKey, readonly RefusedResource[]>();
  readonly programmed = new ProgrammedTracker();

  constructor(statusOf: (key: ObjectKey) => ObjectStatus | undefined) {
    this.#statusOf = statusOf;
  }

  /** @returns undefined for objects of kinds without a status. */
  view(key: ObjectKey, now: number): StatusView | undefined {
    const status = this.#statusOf(key);
    if (!status) return undefined;
    return statusView(
      { key, status, programmed: this.programmed.state(key), refused: this.#refusedOf(key) },
      this.#times,
      now,
    );
  }

  /** Notes the time of what has changed about these objects. */
  touch(keys: Iterable<ObjectKey>, now: number): void {
    for (const key of keys) this.view(key, now);
  }

  forget(key: ObjectKey): void {
    this.#times.forget(key);
    this.programmed.removed(key);
  }

  /** What a gateway's proxies refuse now. @returns objects for which that changes something. */
  setRefused(gateway: ObjectKey, refused: readonly RefusedResource[]): ObjectKey[] {
    const before = this.#refused.get(gateway) ?? [];
    if (refused.length === 0) this.#refused.delete(gateway);
    else this.#refused.set(gateway, refused);
    return [...new Set([...before, ...refused].flatMap((entry) => entry.owners))];
  }

  refused(): readonly { readonly gateway: ObjectKey; readonly refused: RefusedResource }[] {
    return [...this.#refused].flatMap(([gateway, entries]) => entries.map((refused) => ({ gateway, refused })));
  }

  #refusedOf(key: ObjectKey): readonly Refused[] {
    if (this.#refused.size === 0) return [];
    return [...this.#refused.values()].flat().filter((entry) => entry.owners.includes(key));
  }
}
