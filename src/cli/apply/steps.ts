/** What has to be done for one object, and doing it: for the check of the API, or for good. */
import type { ApiClient, WriteOptions } from "../../client/api-client.ts";
import type { ApiAnswer, ApiProblem } from "../../client/api-types.ts";
import { equal } from "../../lib/equal.ts";
import { Permits } from "../../lib/permits.ts";
import type { RawObject } from "../../model/object-meta.ts";
import type { Target } from "../manifests/targets.ts";
import type { Fields } from "./json-diff.ts";
import { applyPatch, isUnmanaged, withLastApplied } from "./last-applied.ts";

export type Step = { readonly target: Target } & (
  | { readonly kind: "create" }
  | { readonly kind: "patch"; readonly live: RawObject; readonly patch: Fields }
  /** It is there, and its author may write but not see it, as operators may Secrets. */
  | { readonly kind: "blind" }
  | { readonly kind: "unchanged"; readonly live: RawObject }
);

export type Outcome = "created" | "configured" | "unchanged";

export interface Done {
  readonly target: Target;
  readonly outcome: Outcome;
  /** As it is now. */
  readonly object: RawObject;
}

export type Failed = { readonly target: Target; readonly problem: ApiProblem };

/** Requests at a time: the store writes many of them as one. */
const AT_ONCE = 16;

export function inParallel<T, R>(items: readonly T[], task: (item: T) => Promise<R>): Promise<R[]> {
  const permits = new Permits(AT_ONCE);
  return Promise.all(items.map((item) => permits.run(() => task(item))));
}

export async function stepFor(api: ApiClient, target: Target): Promise<Step | Failed> {
  const { resource, namespace, name, object } = target;
  const live = await api.get(resource, namespace, name);
  if ("problem" in live) {
    const code = live.problem.status?.code;
    if (code === 404) return { kind: "create", target };
    if (code === 403 && (await isThere(api, target))) return { kind: "blind", target };
    return code === 403 ? { kind: "create", target } : { target, problem: live.problem };
  }
  const patch = applyPatch(object, live.value);
  const isEmpty = Object.keys(patch).length === 0;
  return isEmpty ? { kind: "unchanged", target, live: live.value } : { kind: "patch", target, live: live.value, patch };
}

/** Asked by trying: an object that may not be seen can still be in the way. */
async function isThere(api: ApiClient, { resource, namespace, object }: Target): Promise<boolean> {
  const tried = await api.create(resource, namespace, object, { dryRun: true, fieldValidation: "Ignore" });
  return "problem" in tried && tried.problem.status?.reason === "AlreadyExists";
}

export async function perform(api: ApiClient, step: Step, options: WriteOptions): Promise<Done | Failed> {
  const { target } = step;
  const { resource, namespace, name, object } = target;
  switch (step.kind) {
    case "unchanged":
      return { target, outcome: "unchanged", object: step.live };
    case "create":
      return result(target, "created", await api.create(resource, namespace, withLastApplied(object), options));
    case "blind":
      return result(
        target,
        "configured",
        await api.patch(resource, namespace, name, "merge", withLastApplied(object), options),
      );
    case "patch": {
      const answer = await api.patch(resource, namespace, name, "merge", step.patch, options);
      // The API may find nothing in a patch: a field that it leaves out, a value written in another way.
      const isSame = "value" in answer && equal(answer.value, step.live);
      return result(target, isSame ? "unchanged" : "configured", answer);
    }
  }
}

/** Objects that were made by other means: what their authors leave out of the file can't be told the first time. */
export function unmanaged(steps: readonly Step[]): readonly Target[] {
  return steps.flatMap((step) => (step.kind === "patch" && isUnmanaged(step.live) ? [step.target] : []));
}

function result(target: Target, outcome: Outcome, answer: ApiAnswer<RawObject>): Done | Failed {
  return "problem" in answer ? { target, problem: answer.problem } : { target, outcome, object: answer.value };
}
