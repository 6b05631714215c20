import type { ProblemDescription } from "../model/problem.ts";

/** Problems of the local control API's server: LB60xx. */
export const API_PROBLEMS = {
  LB6001: {
    title: "Already running",
    meaning: "Another control plane uses the same state directory.",
    wayOut: "Stop it (its process id is in the message), or choose another directory with --state-dir.",
  },
  LB6002: {
    title: "Control socket not usable",
    meaning: "The socket on which the command line reaches the control plane can't be made.",
    wayOut: "Correct what the message names, or choose another directory with --state-dir.",
  },
} as const satisfies Record<string, ProblemDescription>;
