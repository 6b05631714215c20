import type { PatchStrategy } from "../../model/patch-merge-keys.ts";

/** What becomes of a list that a strategic merge patch changes. */
export type ListStrategy = PatchStrategy;

/** For the list at a path of field names from the object's root, without indices: ["spec", "ports"]. */
export type StrategyOf = (path: readonly string[]) => ListStrategy;
