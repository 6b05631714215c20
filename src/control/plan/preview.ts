/**
 * What edits would change, found by making them, looking, and taking them back in one go: by the very code that would
 * make them for good. No I/O: time comes in.
 */
import type { PlannedObject, PlanView } from "../../client/plan-view.ts";
import type { CompileDelta, Compiler, Edit } from "../../compiler/compiler.ts";
import type { ObjectStatus } from "../../compiler/status.ts";
import type { SourcedResource } from "../../config/source.ts";
import type { ObjectKey } from "../../model/keys.ts";
import { keyOf } from "../../model/metadata.ts";
import type { Problem } from "../../model/problem.ts";
import { admission } from "../admission.ts";
import { defectProblem } from "../defect-problem.ts";
import { plannedHosts } from "./hosts.ts";
import { problemChanges } from "./problems.ts";
import { plannedProxies, resourceDifferences } from "./resources.ts";
import { lookAround, scopeOf } from "./sighting.ts";
import { plannedStatuses } from "./statuses.ts";
import { isSame, succeed } from "./succession.ts";

export interface PlannedEdits {
  /** Complete objects. What only a server fills in (uid, creationTimestamp) is taken from the present one where it is missing. */
  readonly set: readonly SourcedResource[];
  readonly remove: readonly ObjectKey[];
}

/** What is now. */
export interface Present {
  readonly compiler: Compiler;
  readonly objectOf: (key: ObjectKey) => SourcedResource | undefined;
  readonly statusOf: (key: ObjectKey) => ObjectStatus | undefined;
  /** Those that don't follow from its status. */
  readonly ownProblemsOf: (key: ObjectKey) => readonly Problem[];
  /** Of these, the one about the version that serves. */
  readonly expiryOf: (key: ObjectKey) => Problem | undefined;
}

/** What becomes of one object of the edits. */
interface Step {
  readonly change: PlannedObject["change"];
  /** undefined: the compiler doesn't hear of it. */
  readonly edit?: Edit;
  /** Where it then stands; undefined when it is gone. */
  readonly position?: Problem["position"];
  /** Those that don't follow from its status. */
  readonly problems: readonly Problem[];
}

export function preview(present: Present, edits: PlannedEdits, now: number): PlanView {
  const { compiler } = present;
  const steps = new Map<ObjectKey, Step>();
  for (const key of edits.remove) if (present.objectOf(key)) steps.set(key, { ...GONE, edit: { kind: "remove", key } });
  for (const sourced of edits.set) steps.set(keyOf(sourced.resource), stepOf(present, sourced, now));
  const compilerEdits = [...steps.values()].flatMap(({ edit }) => edit ?? []);

  const { delta, scope, after } = compiler.preview(compilerEdits, (seen) => {
    const concerned = scopeOf(compilerEdits, seen);
    return { delta: seen, scope: concerned, after: lookAround(compiler.routing, concerned) };
  }).seen;
  const before = lookAround(compiler.routing, scope);
  const differences = resourceDifferences(delta.resources, (...id) => compiler.resource(...id));

  const untouched = edits.remove.filter((key) => !steps.has(key)).map((key) => [key, UNTOUCHED] as const);
  return {
    objects: [...steps, ...untouched]
      .map(([key, { change }]) => ({ key, change }))
      .sort((a, b) => (a.key < b.key ? -1 : 1)),
    hosts: plannedHosts(differences, before, after),
    proxies: plannedProxies(differences, delta),
    statuses: plannedStatuses(delta.statuses, present.statusOf),
    problems: plannedProblems(present, steps, delta),
  };
}

function plannedProblems(
  { objectOf, statusOf, ownProblemsOf }: Present,
  steps: ReadonlyMap<ObjectKey, Step>,
  { statuses, defects }: CompileDelta,
): PlanView["problems"] {
  const keys = [...new Set([...steps.keys(), ...statuses.keys()])];
  const before = keys.map((key) => ({
    key,
    own: ownProblemsOf(key),
    status: statusOf(key),
    position: objectOf(key)?.origin.position,
  }));
  const after = before.map(({ key, own, status, position }) => {
    const step = steps.get(key);
    return {
      key,
      own: step ? step.problems : own,
      status: statuses.has(key) ? statuses.get(key) : status,
      position: step ? step.position : position,
    };
  });
  const { added, removed } = problemChanges(before, after);
  return { added: [...added, ...defects.map(defectProblem)], removed };
}

const GONE = { change: "delete", problems: [] } as const;
const UNTOUCHED = { change: "unchanged" } as const;

function stepOf(present: Present, { resource: given, origin }: SourcedResource, now: number): Step {
  const key = keyOf(given);
  const before = present.objectOf(key)?.resource;
  const resource = succeed(given, before);
  const admitted = admission({ resource, origin }, before, now);
  const place = origin.position ? { position: origin.position } : {};
  const change = before === undefined ? "create" : isSame(resource, before) ? "unchanged" : "update";
  if (admitted.kind === "held-back") {
    const serving = present.expiryOf(key);
    return { change, problems: [...(serving ? [serving] : []), admitted.problem], ...place };
  }
  const problems = admitted.expiry ? [admitted.expiry] : [];
  if (change === "unchanged") return { change, problems, ...place };
  return { change, edit: { kind: "set", resource }, problems, ...place };
}
