import { type Command, Option } from "commander";
import type { ApiClient, DeleteOptions as ApiDeleteOptions } from "../client/api-client.ts";
import { qualifiedSingular } from "../client/api-resources.ts";
import type { ApiProblem } from "../client/api-types.ts";
import { at, text } from "../lib/fields.ts";
import { inParallel } from "./apply/steps.ts";
import { addChoiceOptions, type ChoiceOptions, checkChoice, chosenObjects } from "./chosen-objects.ts";
import { type Followed, followObjects } from "./follow-objects.ts";
import { orderOf } from "./manifests/apply-order.ts";
import { dryRunOption, dryRunSuffix, duration } from "./option-values.ts";
import { apiOf } from "./session.ts";
import { cliProblem, failWith, print, printError } from "./terminal.ts";

interface DeleteOptions extends ChoiceOptions {
  readonly cascade: keyof typeof CASCADES;
  readonly dryRun: "server" | "none";
  readonly ignoreNotFound?: boolean;
  readonly wait: "true" | "false";
  readonly timeout: number;
}

const CASCADES = { background: "Background", foreground: "Foreground", orphan: "Orphan" } as const;

export function define(command: Command): void {
  addChoiceOptions(command)
    .addOption(
      new Option("--cascade <how>", "what becomes of objects that these own")
        .choices(["background", "foreground", "orphan"])
        .default("background"),
    )
    .addOption(dryRunOption())
    .option("--ignore-not-found", "an object that isn't there is no mistake")
    .addOption(
      new Option("--wait [yes]", "return when they are gone, finalizers and all")
        .choices(["true", "false"])
        .preset("true")
        .default("true"),
    )
    .addOption(
      new Option("--timeout <time>", "how long it waits; without end if 0").argParser(duration).default(0, "0s"),
    )
    .action((kind: string | undefined, names: readonly string[], options: DeleteOptions, self: Command) => {
      checkChoice(kind, names, options, self);
      return deleteObjects(kind, names, options, self);
    });
}

interface Deleted extends Followed {
  /** That of the object that is deleted: one of the same name that is made meanwhile is another. */
  readonly uid: string;
}

async function deleteObjects(
  kind: string | undefined,
  names: readonly string[],
  options: DeleteOptions,
  self: Command,
): Promise<void> {
  const connected = await apiOf(self);
  if ("problem" in connected) return failWith(connected.problem);
  const api = connected.value;
  const chosen = await chosenObjects(api, kind, names, options);
  if ("problem" in chosen) return failWith(chosen.problem);
  if (chosen.value.length === 0) return printError("No resources found");
  // What refers to others goes before what is referred to.
  const ordered = [...chosen.value].sort((a, b) => orderOf(b.resource.kind) - orderOf(a.resource.kind));
  const propagation = CASCADES[options.cascade];
  const tried = await inParallel(ordered, (object) => remove(api, object, { propagation, dryRun: true }));
  const refused = tried.filter((result) => "problem" in result && !isNotFound(result.problem));
  for (const result of refused) if ("problem" in result) failWith(result.problem);
  if (refused.length > 0) return failWith(cliProblem("LB6226", "nothing was deleted"));
  const deleted: Deleted[] = [];
  for (const group of Map.groupBy(ordered, ({ resource }) => orderOf(resource.kind)).values()) {
    const isDry = options.dryRun === "server";
    const results = await inParallel(group, (object) => remove(api, object, { propagation, dryRun: isDry }));
    for (const result of results) {
      if ("problem" in result) {
        if (!(options.ignoreNotFound && isNotFound(result.problem))) failWith(result.problem);
      } else {
        deleted.push(result);
        print(`${qualifiedSingular(result.resource)} "${result.name}" deleted${dryRunSuffix(options.dryRun)}`);
      }
    }
  }
  if (options.wait === "true" && options.dryRun === "none") await untilGone(api, deleted, options.timeout);
}

async function remove(
  api: ApiClient,
  object: Followed,
  options: ApiDeleteOptions,
): Promise<Deleted | { readonly problem: ApiProblem }> {
  const { resource, namespace, name } = object;
  const answer = await api.delete(resource, namespace, name, options);
  if ("problem" in answer) return answer;
  const uid = text(at(answer.value, "details", "uid") ?? at(answer.value, "metadata", "uid"));
  return { resource, namespace, name, uid };
}

function isNotFound({ status }: ApiProblem): boolean {
  return status?.code === 404;
}

async function untilGone(api: ApiClient, deleted: readonly Deleted[], timeout: number): Promise<void> {
  const left = new Set(deleted);
  const signal = timeout > 0 ? AbortSignal.timeout(timeout) : new AbortController().signal;
  const problem = await followObjects(
    api,
    deleted,
    (object, live) => {
      if (live && live.metadata.uid === object.uid) return "open";
      left.delete(object);
      return "done";
    },
    signal,
  );
  // Who may delete and not watch has been told that it is deleted.
  if (problem && problem.status?.code !== 403) return failWith(problem);
  if (problem || left.size === 0) return;
  for (const { resource, name } of left) printError(`${qualifiedSingular(resource)}/${name} waits for its finalizers`);
  failWith(cliProblem("LB6231", `${left.size} of ${deleted.length} objects are not gone in time`));
}
