/** Whether the newest version of an object is taken. */
import type { SourcedResource } from "../config/source.ts";
import { type AnyResource, isKind } from "../model/kinds.ts";
import type { Problem } from "../model/problem.ts";
import { certificateFault, expiryProblem } from "./certificate-expiry.ts";

export type Admission =
  /** `expiry`: what is wrong with its certificate all the same. */
  | { readonly kind: "taken"; readonly expiry: Problem | undefined }
  | { readonly kind: "held-back"; readonly problem: Problem };

/** A certificate that can't serve doesn't replace one that does; without one it is taken, for it shows what is wrong. */
export function admission(sourced: SourcedResource, before: AnyResource | undefined, now: number): Admission {
  const { resource, origin } = sourced;
  if (!isKind(resource, "Secret")) return { kind: "taken", expiry: undefined };
  const fault = certificateFault(resource, now);
  if (fault && before && servesNow(before, now)) return { kind: "held-back", problem: at(fault, origin.position) };
  return { kind: "taken", expiry: certificateProblem(sourced, now) };
}

export function certificateProblem({ resource, origin }: SourcedResource, now: number): Problem | undefined {
  const problem = isKind(resource, "Secret") ? expiryProblem(resource, now) : undefined;
  return problem && at(problem, origin.position);
}

function servesNow(resource: AnyResource, now: number): boolean {
  return isKind(resource, "Secret") && certificateFault(resource, now) === undefined;
}

function at(problem: Problem, position: Problem["position"]): Problem {
  return position ? { ...problem, position } : problem;
}
