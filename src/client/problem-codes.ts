import type { ProblemDescription } from "../model/problem.ts";

/** Problems of reaching the running control plane: LB61xx. */
export const CLIENT_PROBLEMS = {
  LB6101: {
    title: "Control plane not running",
    meaning: "Nothing answers on the control socket of the state directory.",
    wayOut: "Start it with `landbridge up <dir>`, or name its state directory with --state-dir.",
  },
  LB6102: {
    title: "Control socket not allowed",
    meaning: "The control socket belongs to another user.",
    wayOut: "Run the command as the user who started the control plane.",
  },
  LB6103: {
    title: "Connection to the control plane lost",
    meaning: "The control plane stopped, or was restarted, while it answered.",
    wayOut: "Run the command again.",
  },
  LB6104: {
    title: "Control plane refused the request",
    meaning: "The control plane is of another version than the command, or has a defect.",
    wayOut: "Compare `landbridge version` with the version that runs; restart the control plane after an update.",
  },
} as const satisfies Record<string, ProblemDescription>;
