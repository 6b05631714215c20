/** Whether the API would take all objects of a batch: asked before the first of them is written. */
import type { ApiClient, WriteOptions } from "../../client/api-client.ts";
import type { Problem } from "../../model/problem.ts";
import { statusProblems } from "../manifests/status-problems.ts";
import type { Target } from "../manifests/targets.ts";
import { type Done, type Failed, inParallel, perform, type Step } from "./steps.ts";

export interface Checked {
  readonly done: readonly Done[];
  readonly problems: readonly Problem[];
}

export async function checkBatch(
  api: ApiClient,
  steps: readonly Step[],
  validation: WriteOptions["fieldValidation"],
): Promise<Checked> {
  const made = new Set(
    steps.flatMap(({ kind, target }) =>
      kind === "create" && target.key.startsWith("Namespace/") ? [target.name] : [],
    ),
  );
  const isEarly = ({ kind, target }: Step) => kind === "create" && made.has(target.namespace);
  const early = steps.filter(isEarly).map(({ target }) => target);
  const results = await inParallel(
    steps.filter((step) => !isEarly(step)),
    (step) => perform(api, step, { dryRun: true, fieldValidation: validation }),
  );
  const namespaces = steps.filter(({ target }) => made.has(target.name) && target.key.startsWith("Namespace/"));
  const problems = [...results.flatMap(problemsOf), ...(await checkEarly(api, namespaces, early, validation))];
  const done = [
    ...results.flatMap((result) => ("outcome" in result ? [result] : [])),
    ...early.map((target) => ({ target, outcome: "created", object: target.object }) as const),
  ];
  return { done, problems: sorted(problems, steps) };
}

export function problemsOf(result: Done | Failed): readonly Problem[] {
  if ("outcome" in result) return [];
  return statusProblems(result.problem, result.target.key, result.target.manifest);
}

/**
 * Objects whose namespace the batch itself makes. A dry run would find no namespace for them, so they are checked here for
 * fields that aren't known, and as part of a plan for all else.
 */
async function checkEarly(
  api: ApiClient,
  namespaces: readonly Step[],
  early: readonly Target[],
  validation: WriteOptions["fieldValidation"],
): Promise<readonly Problem[]> {
  if (early.length === 0) return [];
  const unknown = validation === "Strict" ? await unknownFields(early) : [];
  const plan = await api.plan([...namespaces.map(({ target }) => target), ...early].map(({ object }) => object));
  // Who may make namespaces and no plans is told by the write.
  if ("problem" in plan) return unknown;
  const byKey = new Map(early.map((target) => [target.key, target]));
  const refused = plan.value.refusals.flatMap(({ key, reason, message, causes }) => {
    const target = byKey.get(key);
    const status = { kind: "Status", reason, message, details: { causes } } as const;
    const problem = { code: "LB6116", severity: "error", message, path: "", status } as const;
    return target ? statusProblems(problem, key, target.manifest) : [];
  });
  const places = new Set(unknown.map(({ object, path }) => `${object} ${path}`));
  return [...unknown, ...refused.filter(({ object, path }) => !places.has(`${object} ${path}`))];
}

async function unknownFields(targets: readonly Target[]): Promise<readonly Problem[]> {
  const [{ readObject }, { formatPath }] = await Promise.all([
    import("../../model/object-reader.ts"),
    import("../../model/mistake.ts"),
  ]);
  return targets.flatMap(({ key, object, manifest }) =>
    readObject(object as unknown as Record<string, unknown>)
      .findings.filter(({ code }) => code === "LB1101")
      .map(({ code, message, hint, path }) => ({
        code,
        severity: "error" as const,
        message,
        path: formatPath(path),
        object: key,
        position: manifest.locate(path, true),
        ...(hint === undefined ? {} : { hint }),
      })),
  );
}

/** In the order of the files. */
function sorted(problems: readonly Problem[], steps: readonly Step[]): Problem[] {
  const files = steps.map(({ target }) => target.manifest.locate([]).file);
  const rank = ({ position }: Problem) => (position ? files.indexOf(position.file) : files.length);
  return [...problems].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      (a.position?.line ?? 0) - (b.position?.line ?? 0) ||
      (a.position?.column ?? 0) - (b.position?.column ?? 0),
  );
}
