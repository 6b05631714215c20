import type { Problem } from "../model/problem.ts";

/** Times are milliseconds since the epoch. */
export type SupervisorState =
  | { readonly kind: "stopped" }
  | { readonly kind: "starting"; readonly pid: number; readonly since: number }
  | { readonly kind: "running"; readonly pid: number; readonly since: number; readonly adopted: boolean }
  | {
      readonly kind: "backing-off";
      readonly until: number;
      readonly failures: number;
      readonly lastOutput: readonly string[];
      /** A warning at first, an error from the third failure in a row on. */
      readonly problem: Problem;
    }
  | { readonly kind: "stopping"; readonly pid: number | undefined };
