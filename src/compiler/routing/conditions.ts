import type { Condition } from "../../model/conditions.ts";

export function isTrue(type: string, reason: string, message: string, observedGeneration?: number): Condition {
  return withGeneration({ type, status: "True", reason, message }, observedGeneration);
}

export function isFalse(type: string, reason: string, message: string, observedGeneration?: number): Condition {
  return withGeneration({ type, status: "False", reason, message }, observedGeneration);
}

function withGeneration(condition: Condition, observedGeneration: number | undefined): Condition {
  return observedGeneration === undefined ? condition : { ...condition, observedGeneration };
}

/** Why a condition is not True; undefined where all is well. */
export interface Refusal {
  readonly reason: string;
  readonly message: string;
}

/** One condition for a list of refusals: the first gives the reason, all give the message. */
export function conditionOf(type: string, good: Refusal, refusals: readonly Refusal[], generation?: number): Condition {
  const [first] = refusals;
  if (!first) return isTrue(type, good.reason, good.message, generation);
  const message = [...new Set(refusals.map((refusal) => refusal.message))].join("; ");
  return isFalse(type, first.reason, message, generation);
}
