/** Which Problems a plan brings, and which it takes away. */
import type { PlanView } from "../../client/plan-view.ts";
import type { ObjectStatus } from "../../compiler/status.ts";
import { statusProblems } from "../../compiler/status-problems.ts";
import type { ObjectKey } from "../../model/keys.ts";
import type { Problem } from "../../model/problem.ts";

/** Of one object, at one time. */
export interface Troubles {
  readonly key: ObjectKey;
  /** Those that don't follow from its status. */
  readonly own: readonly Problem[];
  readonly status: ObjectStatus | undefined;
  readonly position: Problem["position"];
}

export function problemChanges(before: readonly Troubles[], after: readonly Troubles[]): PlanView["problems"] {
  const [old, next] = [byContent(before), byContent(after)];
  const only = (those: ReadonlyMap<string, Problem>, not: ReadonlyMap<string, Problem>) =>
    [...those].filter(([name]) => !not.has(name)).map(([, problem]) => problem);
  return { added: only(next, old), removed: only(old, next) };
}

/** A problem that only moved within a file is the same. */
function byContent(troubles: readonly Troubles[]): Map<string, Problem> {
  const problems = troubles.flatMap(({ key, own, status, position }) => {
    const ofStatus = status ? statusProblems(key, status) : [];
    return [...own, ...(position ? ofStatus.map((problem) => ({ ...problem, position })) : ofStatus)];
  });
  const entries = problems.map((problem) => {
    const { code, severity, object, path, message } = problem;
    return [JSON.stringify([object, code, severity, path, message]), problem] as const;
  });
  return new Map([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}
