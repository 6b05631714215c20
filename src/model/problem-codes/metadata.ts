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
  LB1383: {
    title: "Immutable field changed",
    meaning: "The field says what the object is, and stays as it was when the object was made.",
    wayOut: "Delete the object and make a new one.",
  },
  LB1384: {
    title: "New finalizer on an object that is being deleted",
    meaning: "An object that is being deleted only ever loses finalizers.",
    wayOut: "Take the new finalizer out.",
  },
} as const satisfies Record<string, ProblemDescription>;
