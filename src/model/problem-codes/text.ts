import type { ProblemDescription } from "../problem.ts";

/** Problems with the text itself, before it says anything. */
export const TEXT_PROBLEMS = {
  LB1001: {
    title: "The text isn't YAML",
    meaning: "The document can't be read as YAML or JSON. Other documents of the same file still apply.",
    wayOut: "Mend the place that is named: most often indentation, a missing quote or a missing space after a colon.",
  },
  LB1002: {
    title: "The file is too large",
    meaning: "Files over 4 MiB aren't read, so that a wrong file can't stop the control plane.",
    wayOut: "Divide the file, or take what isn't configuration out of the directory.",
  },
  LB1003: {
    title: "A key is there twice",
    meaning: "One map has the same key twice, so one of the values would be lost.",
    wayOut: "Take one of the two out.",
  },
  LB1004: {
    title: "Too many aliases",
    meaning: "The aliases (*name) of the document would unfold into a very large object.",
    wayOut: "Write the repeated parts out, or use fewer aliases.",
  },
  LB1005: {
    title: "Nested too deeply",
    meaning: "The document nests lists and maps deeper than any object can.",
    wayOut: "Correct the indentation or brackets.",
  },
  LB1006: {
    title: "Control characters",
    meaning: "The text holds characters that YAML doesn't allow, such as NUL: it is probably no text.",
    wayOut: "Take them out, or save the file as UTF-8.",
  },
  LB1007: {
    title: "A key that isn't allowed",
    meaning: "A key isn't plain text, or is __proto__, which no object has.",
    wayOut: "Use a plain name as the key.",
  },
  LB1008: {
    title: "The document isn't an object",
    meaning: "An object is a map with apiVersion, kind and metadata; here is something else.",
    wayOut: "Write one object in each document, with --- between them.",
  },
  LB1009: {
    title: "apiVersion or kind is missing",
    meaning: "Without both it isn't known what the object is.",
    wayOut: "Add apiVersion and kind as text.",
  },
  LB1010: {
    title: "The kind isn't known",
    meaning: "No kind of this name is read.",
    wayOut: "Use the kind that is proposed, or keep the object out of this directory.",
  },
  LB1011: {
    title: "The apiVersion isn't known",
    meaning: "The kind exists, but not in this group or version.",
    wayOut: "Use the apiVersion that is proposed.",
  },
  LB1012: {
    title: "A tag isn't supported",
    meaning: "YAML tags such as !include aren't read.",
    wayOut: "Take the tag out, or write the value itself.",
  },
  LB1013: {
    title: "A merge key isn't supported",
    meaning: "Merge keys (<<) aren't part of YAML 1.2.",
    wayOut: "Write the merged fields out.",
  },
  LB1014: {
    title: "The document is too large",
    meaning: "One document has more values than any object or list should.",
    wayOut: "Divide it into documents with --- lines, or into several files.",
  },
} as const satisfies Record<string, ProblemDescription>;
