import type { ProblemDescription } from "../problem.ts";

/** Problems with the shape of fields. */
export const FIELD_PROBLEMS = {
  LB1101: {
    title: "The field isn't known",
    meaning: "The kind has no field of this name at this place; it would have no effect.",
    wayOut: "Use the name that is proposed, or take the field out.",
  },
  LB1102: {
    title: "The value has the wrong type",
    meaning: "The field wants another type of value.",
    wayOut:
      "Write a value of the type that is named; numbers without quotes, text that looks like a number with quotes.",
  },
  LB1103: {
    title: "A required field is missing",
    meaning: "The object means nothing without the field.",
    wayOut: "Add it.",
  },
  LB1104: {
    title: "Not one of the allowed values",
    meaning: "The field takes one of a fixed list of values.",
    wayOut: "Use one of those that are named; upper and lower case matter.",
  },
  LB1105: {
    title: "The number is out of range",
    meaning: "The number is too small or too large.",
    wayOut: "Use a number in the range that is named.",
  },
  LB1106: {
    title: "The text is too long or too short",
    meaning: "The text's length isn't allowed.",
    wayOut: "Keep to the length that is named.",
  },
  LB1107: {
    title: "The list is too long or too short",
    meaning: "The list has more or fewer entries than is allowed.",
    wayOut: "Take entries out or add some; large objects can be divided into several.",
  },
  LB1108: {
    title: "The number isn't whole",
    meaning: "The field counts something, so it takes whole numbers only.",
    wayOut: "Round it. Shares can be made finer by making all weights larger.",
  },
} as const satisfies Record<string, ProblemDescription>;
