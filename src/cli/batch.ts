/** What `apply` and `plan` have in common: from files to steps that are checked, or to what is wrong with them. */
import type { Command } from "commander";
import type { ApiClient, WriteOptions } from "../client/api-client.ts";
import { qualifiedSingular } from "../client/api-resources.ts";
import type { Problem } from "../model/problem.ts";
import { checkBatch } from "./apply/check-batch.ts";
import { type Done, inParallel, type Step, stepFor, unmanaged } from "./apply/steps.ts";
import { readManifests } from "./manifests/read-files.ts";
import { problemLines, type Target, targetsOf } from "./manifests/targets.ts";
import { apiOf } from "./session.ts";
import { cliProblem, failWith, paint, printError } from "./terminal.ts";

export interface BatchOptions {
  readonly filename: readonly string[];
  readonly recursive?: boolean;
  readonly namespace?: string;
  readonly validate: keyof typeof VALIDATIONS;
}

export interface Batch {
  readonly api: ApiClient;
  /** What is to be done, in the order of dependencies. */
  readonly steps: readonly Step[];
  /** What would come of each step, in the same order. */
  readonly checked: readonly Done[];
  readonly fieldValidation: WriteOptions["fieldValidation"];
}

export const VALIDATIONS = { strict: "Strict", warn: "Warn", ignore: "Ignore" } as const;

/** @returns undefined when something is wrong, which it has told then */
export async function checkedBatch(options: BatchOptions, self: Command): Promise<Batch | undefined> {
  const read = await readManifests(options.filename, options.recursive === true);
  if (read.problems.length > 0) return refused(read.problems);
  const connected = await apiOf(self);
  if ("problem" in connected) return failed(connected.problem);
  const api = connected.value;
  const resources = await api.resources();
  if ("problem" in resources) return failed(resources.problem);
  const fallback = api.connection.namespace ?? "default";
  const { targets, problems } = targetsOf(resources.value, read.manifests, { given: options.namespace, fallback });
  if (problems.length > 0) return refused(problems);
  const steps = await stepsFor(api, targets);
  if ("code" in steps) return failed(steps);
  const fieldValidation = VALIDATIONS[options.validate];
  const checked = await checkBatch(api, steps, fieldValidation);
  if (checked.problems.length > 0) return refused(checked.problems);
  const byKey = new Map(checked.done.map((done) => [done.target.key, done]));
  return { api, steps, checked: targets.flatMap(({ key }) => byKey.get(key) ?? []), fieldValidation };
}

async function stepsFor(api: ApiClient, targets: readonly Target[]): Promise<readonly Step[] | Problem> {
  const steps: Step[] = [];
  for (const found of await inParallel(targets, (target) => stepFor(api, target))) {
    if ("problem" in found) return found.problem;
    steps.push(found);
  }
  for (const { resource, name } of unmanaged(steps))
    printError(
      `${paint("yellow", "warning:", process.stderr)} ${qualifiedSingular(resource)}/${name} was not made by apply: ` +
        "fields that the file doesn't have stay this time",
    );
  return steps;
}

function refused(problems: readonly Problem[]): undefined {
  printError(problemLines(problems));
  failWith(cliProblem("LB6226", `nothing was changed: ${problems.length} mistake${problems.length === 1 ? "" : "s"}`));
}

function failed(problem: Problem): undefined {
  failWith(problem);
}
