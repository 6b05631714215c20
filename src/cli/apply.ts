import { type Command, Option } from "commander";
import type { ApiClient, WriteOptions } from "../client/api-client.ts";
import { qualifiedSingular } from "../client/api-resources.ts";
import { checkBatch, problemsOf } from "./apply/check-batch.ts";
import { type Done, inParallel, perform, type Step, stepFor, unmanaged } from "./apply/steps.ts";
import { notLiveText, untilLive } from "./apply/until-live.ts";
import { orderOf } from "./manifests/apply-order.ts";
import { readManifests } from "./manifests/read-files.ts";
import { problemLines, type Target, targetsOf } from "./manifests/targets.ts";
import { dryRunOption, dryRunSuffix, duration, fileOption } from "./option-values.ts";
import { apiOf } from "./session.ts";
import { cliProblem, failWith, paint, print, printError } from "./terminal.ts";

interface ApplyOptions {
  readonly filename: readonly string[];
  readonly recursive?: boolean;
  readonly namespace?: string;
  readonly dryRun: "server" | "none";
  readonly validate: "strict" | "warn" | "ignore";
  readonly wait?: boolean;
  readonly timeout: number;
}

const VALIDATIONS = { strict: "Strict", warn: "Warn", ignore: "Ignore" } as const;

export function define(command: Command): void {
  command
    .addOption(fileOption().makeOptionMandatory())
    .option("-R, --recursive", "also directories below those that are named")
    .option("-n, --namespace <namespace>", "where objects go that name none")
    .addOption(dryRunOption())
    .addOption(
      new Option("--validate <how>", "what becomes of fields that a kind doesn't have")
        .choices(["strict", "warn", "ignore"])
        .default("strict"),
    )
    .option("--wait", "return when all of it is live on every proxy, or say which refused what and why")
    .addOption(new Option("--timeout <time>", "how long --wait waits").argParser(duration).default(60_000, "60s"))
    .addHelpText(
      "after",
      `
All objects are checked before the first is written: a mistake in one changes nothing.
Fields that you take out of a file go from the object; fields that others have added stay.`,
    )
    .action((options: ApplyOptions, self: Command) => apply(options, self));
}

async function apply(options: ApplyOptions, self: Command): Promise<void> {
  const read = await readManifests(options.filename, options.recursive === true);
  if (read.problems.length > 0) return refuse(problemLines(read.problems));
  const connected = await apiOf(self);
  if ("problem" in connected) return failWith(connected.problem);
  const api = connected.value;
  const resources = await api.resources();
  if ("problem" in resources) return failWith(resources.problem);
  const fallback = api.connection.namespace ?? "default";
  const { targets, problems } = targetsOf(resources.value, read.manifests, { given: options.namespace, fallback });
  if (problems.length > 0) return refuse(problemLines(problems));
  const steps = await planSteps(api, targets);
  if (!steps) return;
  const validation = VALIDATIONS[options.validate];
  const checked = await checkBatch(api, steps, validation);
  if (checked.problems.length > 0) return refuse(problemLines(checked.problems));
  if (options.dryRun === "server") return report(inOrder(checked.done, targets), options.dryRun);
  // What the check found to be the same already isn't written.
  const same = new Map(
    checked.done.filter(({ outcome }) => outcome === "unchanged").map((done) => [done.target.key, done]),
  );
  const done = await writeAll(api, steps, same, validation);
  if (done && options.wait) await wait(api, done, options.timeout);
}

async function planSteps(api: ApiClient, targets: readonly Target[]): Promise<readonly Step[] | undefined> {
  const found = await inParallel(targets, (target) => stepFor(api, target));
  const failed = found.find((step) => "problem" in step);
  if (failed && "problem" in failed) {
    failWith(failed.problem);
    return undefined;
  }
  const steps = found.flatMap((step) => ("problem" in step ? [] : [step]));
  for (const { resource, name } of unmanaged(steps))
    printError(
      `${paint("yellow", "warning:", process.stderr)} ${qualifiedSingular(resource)}/${name} was not made by apply: ` +
        "fields that the file doesn't have stay this time",
    );
  return steps;
}

/** Kinds one after the other, the objects of one at the same time. @returns undefined when a write failed */
async function writeAll(
  api: ApiClient,
  steps: readonly Step[],
  same: ReadonlyMap<string, Done>,
  validation: WriteOptions["fieldValidation"],
): Promise<readonly Done[] | undefined> {
  const all: Done[] = [];
  for (const group of Map.groupBy(steps, ({ target }) => orderOf(target.resource.kind)).values()) {
    const results = await inParallel(
      group,
      async (step) => same.get(step.target.key) ?? perform(api, step, { fieldValidation: validation }),
    );
    const done = results.flatMap((result) => ("outcome" in result ? [result] : []));
    report(done, "none");
    all.push(...done);
    const problems = results.flatMap(problemsOf);
    if (problems.length > 0) {
      printError(problemLines(problems));
      failWith(
        cliProblem("LB6227", `${all.length} of ${steps.length} objects are as wanted, the others were not written`),
      );
      return undefined;
    }
  }
  return all;
}

async function wait(api: ApiClient, done: readonly Done[], timeout: number): Promise<void> {
  const started = performance.now();
  const notLive = await untilLive(api, done, AbortSignal.timeout(timeout));
  if ("code" in notLive) return failWith(notLive);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (notLive.length === 0) {
    print(`${paint("green", "live")} on every proxy after ${seconds} s`);
    return;
  }
  printError(notLive.map(notLiveText).join("\n"));
  failWith(cliProblem("LB6228", `${notLive.length} of ${done.length} objects are not live after ${seconds} s`));
}

function report(done: readonly Done[], dryRun: "server" | "none"): void {
  const lines = done.map(
    ({ target, outcome }) => `${qualifiedSingular(target.resource)}/${target.name} ${outcome}${dryRunSuffix(dryRun)}\n`,
  );
  if (lines.length > 0) print(lines.join(""));
}

function inOrder(done: readonly Done[], targets: readonly Target[]): readonly Done[] {
  const byKey = new Map(done.map((each) => [each.target.key, each]));
  return targets.flatMap(({ key }) => byKey.get(key) ?? []);
}

function refuse(lines: string): void {
  printError(lines);
  const count = lines.split("\n").filter((line) => /^\S/.test(line)).length;
  failWith(cliProblem("LB6226", `nothing was changed: ${count} mistake${count === 1 ? "" : "s"}`));
}
