/**
 * Where objects come from: built-in ones, a directory, the store of the API; and all of them together.
 * Every implementation passes test/support/config-source-contract.ts.
 */

import type { ObjectKey } from "../model/keys.ts";
import type { AnyResource } from "../model/kinds.ts";
import type { Problem, SourcePosition } from "../model/problem.ts";

/** Where an object was read. */
export interface Origin {
  readonly source: string;
  readonly position?: SourcePosition | undefined;
}

export interface SourcedResource {
  readonly resource: AnyResource;
  readonly origin: Origin;
}

/** One step of a source: what changed since the step before. The first step is everything there is. */
export interface SourceUpdate {
  /** Objects that are new, differ, or moved: one that only moved has another origin and the very same resource as before. */
  readonly upserts: readonly SourcedResource[];
  readonly removals: readonly ObjectKey[];
  /** All problems that the source has now (not only the new ones). */
  readonly problems: readonly Problem[];
}

export interface ConfigSource {
  /**
   * Delivers the first update when everything was read once, then one for each change, until `signal` aborts.
   * An object that can't be read keeps its last good version: it is not removed, a Problem says why.
   */
  run(onUpdate: (update: SourceUpdate) => void, signal: AbortSignal): Promise<void>;
}
