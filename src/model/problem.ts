/**
 * A user's mistake, as a value. Problems are returned, never thrown; an exception is a defect of ours.
 */
export interface Problem {
  /** Stable and documented in docs/problems.md, e.g. "LB1203". */
  readonly code: string;
  readonly severity: "error" | "warning";
  /** What is wrong, one sentence, no trailing newline. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  /** Where in the object, e.g. "spec.rules[0].backendRefs[1].weight"; "" for the whole object. */
  readonly path: string;
  /** The object, where one is known, as "HTTPRoute/shop/front" (see keys.ts). */
  readonly object?: string;
  readonly position?: SourcePosition;
}

/** A place in a text file. Lines and columns count from 1. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What a table of problem codes says of each: the source of docs/problems.md. */
export interface ProblemDescription {
  readonly title: string;
  readonly meaning: string;
  readonly wayOut: string;
}

/** Prints a problem as editors and compilers do: file:line:col: severity code message. */
export function formatProblem(problem: Problem): string {
  const { position } = problem;
  const place = position ? `${position.file}:${position.line}:${position.column}: ` : "";
  const subject = problem.object ? ` ${problem.object}` : "";
  const path = problem.path ? ` ${problem.path}:` : "";
  const hint = problem.hint ? `\n  hint: ${problem.hint}` : "";
  return `${place}${problem.severity} ${problem.code}${subject}${path} ${problem.message}${hint}`;
}
