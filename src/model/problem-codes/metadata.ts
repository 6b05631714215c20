import type { ProblemDescription } from "../problem.ts";

/** Problems with the metadata that only the API makes use of. */
export const METADATA_PROBLEMS = {
  LB1380: {
    title: "Several controllers",
    meaning: "Of the owners of an object at most one is the controller that manages it.",
    wayOut: "Leave controller: true at one of the ownerReferences.",
  },
  LB1381: {
    title: "An object that can't be an owner",
    meaning: "Events come and go by themselves, so nothing can depend on one.",
    wayOut: "Refer to another object, or take the reference out.",
  },
  LB1382: {
    title: "Finalizers that exclude each other",
    meaning: "orphan keeps what depends on the object, foregroundDeletion deletes it first.",
    wayOut: "Keep one of the two.",
  },
} as const satisfies Record<string, ProblemDescription>;
