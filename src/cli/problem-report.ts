import { formatProblem, type Problem } from "../model/problem.ts";

/** Says of a set of problems only what is new since it was last told, and what has gone. */
export class ProblemReport {
  #told = new Map<string, Problem>();

  /** Lines with their ends; "" when nothing changed. */
  changes(problems: readonly Problem[]): string {
    const now = new Map(problems.map((problem) => [formatProblem(problem), problem]));
    const lines: string[] = [];
    for (const text of now.keys()) if (!this.#told.has(text)) lines.push(`${text}\n`);
    const stillOpen = new Set([...now.values()].map(subject));
    for (const [text, problem] of this.#told) {
      // A problem whose words changed was just told anew.
      if (!now.has(text) && !stillOpen.has(subject(problem)))
        lines.push(`solved: ${problem.code} ${subject(problem).split(" ")[1]}\n`);
    }
    this.#told = now;
    return lines.join("");
  }
}

function subject({ code, object, position, path }: Problem): string {
  return `${code} ${object ?? position?.file ?? "control plane"}${path ? ` ${path}` : ""}`;
}
