import { type Command, Option } from "commander";
import type { ApiClient } from "../client/api-client.ts";
import { qualifiedSingular } from "../client/api-resources.ts";
import { problemsOf } from "./apply/check-batch.ts";
import { type Done, inParallel, perform } from "./apply/steps.ts";
import { notLiveText, untilLive } from "./apply/until-live.ts";
import { type Batch, type BatchOptions, checkedBatch } from "./batch.ts";
import { orderOf } from "./manifests/apply-order.ts";
import { problemLines } from "./manifests/targets.ts";
import { dryRunOption, dryRunSuffix, duration, fileOption, validateOption } from "./option-values.ts";
import { cliProblem, failWith, paint, print, printError } from "./terminal.ts";

interface ApplyOptions extends BatchOptions {
  readonly dryRun: "server" | "none";
  readonly wait?: boolean;
  readonly timeout: number;
}

export function define(command: Command): void {
  command
    .addOption(fileOption().makeOptionMandatory())
    .option("-R, --recursive", "also directories below those that are named")
    .option("-n, --namespace <namespace>", "where objects go that name none")
    .addOption(dryRunOption())
    .addOption(validateOption())
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
  const batch = await checkedBatch(options, self);
  if (!batch) return;
  if (options.dryRun === "server") return report(batch.checked, options.dryRun);
  const done = await writeAll(batch);
  if (done && options.wait) await wait(batch.api, done, options.timeout);
}

/** Kinds one after the other, the objects of one at the same time. @returns undefined when a write failed */
async function writeAll({ api, steps, checked, fieldValidation }: Batch): Promise<readonly Done[] | undefined> {
  // What the check found to be the same already isn't written.
  const same = new Map(checked.filter(({ outcome }) => outcome === "unchanged").map((done) => [done.target.key, done]));
  const all: Done[] = [];
  for (const group of Map.groupBy(steps, ({ target }) => orderOf(target.resource.kind)).values()) {
    const results = await inParallel(
      group,
      async (step) => same.get(step.target.key) ?? perform(api, step, { fieldValidation }),
    );
    const done = results.flatMap((result) => ("outcome" in result ? [result] : []));
    report(done, "none");
    all.push(...done);
    const problems = results.flatMap(problemsOf);
    if (problems.length > 0) {
      printError(problemLines(problems));
      const message = `${all.length} of ${steps.length} objects are as wanted, the others were not written`;
      failWith(cliProblem("LB6227", message));
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
  if (notLive.length === 0) return print(`${paint("green", "live")} on every proxy after ${seconds} s`);
  printError(notLive.map(notLiveText).join("\n"));
  failWith(cliProblem("LB6228", `${notLive.length} of ${done.length} objects are not live after ${seconds} s`));
}

function report(done: readonly Done[], dryRun: "server" | "none"): void {
  const lines = done.map(
    ({ target, outcome }) => `${qualifiedSingular(target.resource)}/${target.name} ${outcome}${dryRunSuffix(dryRun)}\n`,
  );
  if (lines.length > 0) print(lines.join(""));
}
