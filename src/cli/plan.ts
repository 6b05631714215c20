import { type Command, Option } from "commander";
import type { PlanAnswer } from "../client/plan-view.ts";
import type { RawObject } from "../model/object-meta.ts";
import type { Done, Step } from "./apply/steps.ts";
import { type Batch, type BatchOptions, checkedBatch } from "./batch.ts";
import { type DocumentFormat, formatDocument } from "./document.ts";
import { fileOption, validateOption } from "./option-values.ts";
import { objectDiff } from "./plan/object-diff.ts";
import { type PlannedChange, planText } from "./plan/plan-text.ts";
import { cliProblem, failWith, paint, print, printError } from "./terminal.ts";

interface PlanOptions extends BatchOptions {
  readonly output?: DocumentFormat;
}

const CHANGES_EXIT_CODE = 2;

export function define(command: Command): void {
  command
    .addOption(fileOption().makeOptionMandatory())
    .option("-R, --recursive", "also directories below those that are named")
    .option("-n, --namespace <namespace>", "where objects go that name none")
    .addOption(validateOption())
    .addOption(new Option("-o, --output <format>", "output format").choices(["yaml", "json"]))
    .addHelpText("after", "\nEnds with 0 when nothing would change, 2 when something would, 1 when something is wrong.")
    .action((options: PlanOptions, self: Command) => plan(options, self));
}

async function plan(options: PlanOptions, self: Command): Promise<void> {
  const batch = await checkedBatch(options, self);
  if (!batch) return;
  const view = await viewOf(batch);
  if (view === "failed") return;
  const before = new Map(batch.steps.flatMap((step) => ("live" in step ? [[step.target.key, step.live]] : [])));
  const changes: PlannedChange[] = [];
  for (const { target, outcome, object } of batch.checked) {
    const live = before.get(target.key);
    const diff = outcome === "configured" && live ? await objectDiff(live, object) : [];
    changes.push({ target, outcome, diff });
  }
  if (options.output) print(await formatDocument(documentOf(changes, view), options.output));
  else print(planText(changes, view));
  if (changes.some(({ outcome }) => outcome !== "unchanged")) process.exitCode = CHANGES_EXIT_CODE;
}

/** undefined for users who may write objects and not see what becomes of them. */
async function viewOf({ api, steps, checked }: Batch): Promise<PlanAnswer | undefined | "failed"> {
  const answer = await api.plan(checked.map((done, index) => wholeObject(done, steps[index])));
  if ("problem" in answer) {
    if (answer.problem.status?.code !== 403) {
      failWith(answer.problem);
      return "failed";
    }
    const sign = paint("yellow", "warning:", process.stderr);
    printError(`${sign} what changes on hosts and proxies isn't shown: ${answer.problem.message}`);
    return undefined;
  }
  const [refusal] = answer.value.refusals;
  if (!refusal) return answer.value;
  failWith(cliProblem("LB6226", `${refusal.key}: ${refusal.message}`));
  return "failed";
}

/** As it would be written: the answer of the check, or what the file has where the check showed nothing. */
function wholeObject({ target, object }: Done, step: Step | undefined): RawObject {
  return step?.kind === "blind" ? target.object : object;
}

function documentOf(changes: readonly PlannedChange[], view: PlanAnswer | undefined) {
  const verbs = { created: "create", configured: "update", unchanged: "unchanged" } as const;
  const objects = changes.map(({ target, outcome, diff }) => ({
    key: target.key,
    change: verbs[outcome],
    ...(diff.length > 0 ? { diff } : {}),
  }));
  if (!view) return { objects };
  const { hosts, proxies, statuses, problems } = view;
  return { objects, hosts, proxies, statuses, problems };
}
