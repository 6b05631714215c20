import type { ProblemDescription } from "../model/problem.ts";

/** Problems of the control plane's APIs: LB60xx. */
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
  LB6011: {
    title: "Object is owned by a file",
    meaning: "The object comes from the configuration directory, which is the one place where it can be changed.",
    wayOut:
      "Change the file that the message names; or take the object out of it first, to keep it in the API from then on.",
  },
  LB6012: {
    title: "Object is built in",
    meaning: "The object comes with Landbridge: a ready-made role, its binding, or the default namespace.",
    wayOut: "Make an object of another name.",
  },
  LB6013: {
    title: "Object is made by the control plane",
    meaning: "Events are written by the control plane alone, and go by themselves.",
    wayOut: "Leave it; it is gone after an hour.",
  },
  LB6014: {
    title: "API address not usable",
    meaning: "The API can't listen on its address: another program uses the port, or the address isn't this machine's.",
    wayOut:
      "Stop the other program, or choose another address with --api, such as --api 127.0.0.1:7444; --api off does without.",
  },
} as const satisfies Record<string, ProblemDescription>;
