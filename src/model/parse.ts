/** The door through which everything that users write comes in. */
import type { ObjectKey } from "./keys.ts";
import type { AnyResource } from "./kinds.ts";
import { type Finding, formatPath, type Mistake, parsePath } from "./mistake.ts";
import { readObject } from "./object-reader.ts";
import type { Problem, SourcePosition } from "./problem.ts";
import { type TextEntry, textEntries } from "./text-entries.ts";

/** More of them wouldn't be read by anybody; objects behind the last one are still read. */
const MAX_PROBLEMS = 1000;

export interface ParsedObject {
  readonly resource: AnyResource;
  /** Where the object starts. */
  readonly position: SourcePosition;
  /** Where a path such as "spec.rules[0]" is, or what is nearest to it. It keeps the text's tree alive: drop it soon. */
  readonly locate: (path: string) => SourcePosition;
}

export interface Parsed {
  readonly objects: readonly ParsedObject[];
  /** In the order of the text; objects with an error among them are not in `objects`. */
  readonly problems: readonly Problem[];
}

/** Reads YAML or JSON text with any number of documents. `file` is for positions only. */
export function parse(text: string, file: string): Parsed {
  const objects: ParsedObject[] = [];
  const problems: Problem[] = [];
  for (const entry of textEntries(text, file)) {
    const isFull = problems.length >= MAX_PROBLEMS;
    if (!("mistake" in entry)) problems.push(...readEntry(entry, objects, isFull));
    else if (!isFull) problems.push(problemOf(entry.mistake, "", entry.position));
  }
  return { objects, problems };
}

/** Adds the object of an entry, if it is one. @returns its problems, by position; none when nobody would read them */
function readEntry({ value, locate }: TextEntry, objects: ParsedObject[], isFull: boolean): Problem[] {
  const { resource, key, findings } = readObject(value);
  if (resource) objects.push({ resource, position: locate([]), locate: (path) => locate(parsePath(path)) });
  if (isFull) return [];
  // An unknown field is marked at its name; everything else at the value.
  const place = (finding: Finding) => locate(finding.path, finding.code === "LB1101");
  return findings
    .map((finding) => problemOf(finding, formatPath(finding.path), place(finding), finding.severity, key))
    .sort(byPosition);
}

function byPosition(a: Problem, b: Problem): number {
  if (!a.position || !b.position) return 0;
  return a.position.line - b.position.line || a.position.column - b.position.column;
}

function problemOf(
  { code, message, hint }: Mistake,
  path: string,
  position: SourcePosition,
  severity: Problem["severity"] = "error",
  object?: ObjectKey,
): Problem {
  return {
    code,
    severity,
    message,
    path,
    position,
    ...(hint !== undefined && { hint }),
    ...(object !== undefined && { object }),
  };
}
