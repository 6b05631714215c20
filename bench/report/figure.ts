/** What a benchmark says: one measured quantity, what it should be, and what it is compared with in the same run. */
import type { Sample } from "./sample.ts";

export interface Figure {
  /** "edit of a route -> first 200" */
  readonly name: string;
  readonly unit: "ms" | "s" | "MB" | "count" | "points" | "per s";
  readonly sample: Sample;
  readonly targets?: readonly Target[];
  /** The same quantity of what we compare with. */
  readonly baseline?: { readonly name: string; readonly value: number };
  /** What exactly was measured, where the name doesn't say it. */
  readonly note?: string;
}

/** A bound on one number of the figure. `ratio` is baseline / p50: how many times less than the baseline. */
export interface Target {
  readonly of: "p50" | "p99" | "max" | "ratio";
  readonly is: "at most" | "at least";
  readonly bound: number;
}

export function atMost(of: Target["of"], bound: number): Target {
  return { of, is: "at most", bound };
}

export function atLeast(of: Target["of"], bound: number): Target {
  return { of, is: "at least", bound };
}

export function ratioOf({ sample, baseline }: Figure): number | undefined {
  return baseline === undefined ? undefined : baseline.value / sample.p50;
}

/** undefined for a figure without a target. */
export function verdictOf(figure: Figure): "pass" | "short" | undefined {
  if (figure.targets === undefined) return undefined;
  return figure.targets.every((target) => isMet(figure, target)) ? "pass" : "short";
}

function isMet(figure: Figure, { of, is, bound }: Target): boolean {
  const value = of === "ratio" ? ratioOf(figure) : figure.sample[of];
  if (value === undefined) return false;
  return is === "at most" ? value <= bound : value >= bound;
}
