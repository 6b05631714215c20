import type { Condition } from "../model/conditions.ts";
import type { ObjectKey } from "../model/keys.ts";
import type { Problem } from "../model/problem.ts";
import { CODE_OF_REASON, COMPILER_PROBLEMS } from "./problem-codes.ts";
import type { ObjectStatus } from "./status.ts";

/** The conditions that say that something is wrong, as Problems; the caller adds the position. */
export function statusProblems(object: ObjectKey, status: ObjectStatus): Problem[] {
  const problems = new Map<string, Problem>();
  const add = (conditions: readonly Condition[] | undefined, path: string) => {
    for (const condition of conditions ?? []) {
      const code = isBad(condition) ? CODE_OF_REASON[condition.reason] : undefined;
      if (code === undefined) continue;
      const hint = COMPILER_PROBLEMS[code]?.wayOut;
      const severity = condition.type === "Accepted" || condition.type === "Conflicted" ? "error" : "warning";
      const problem: Problem = { code, severity, message: condition.message, path, object, ...(hint ? { hint } : {}) };
      problems.set(`${code} ${condition.message}`, problem);
    }
  };
  add(status.conditions, "");
  status.listeners?.forEach((listener, index) => {
    add(listener.conditions, `spec.listeners[${index}]`);
  });
  for (const parent of status.parents ?? []) add(parent.conditions, "");
  return [...problems.values()];
}

/** Most conditions are good when True; these two name a fault. */
const BAD_WHEN_TRUE: ReadonlySet<string> = new Set(["Conflicted", "PartiallyInvalid"]);

function isBad(condition: Condition): boolean {
  return BAD_WHEN_TRUE.has(condition.type) ? condition.status === "True" : condition.status === "False";
}
