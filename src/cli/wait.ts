import { type Command, Option } from "commander";
import { qualifiedSingular } from "../client/api-resources.ts";
import type { RawObject } from "../model/object-meta.ts";
import { addChoiceOptions, type ChoiceOptions, checkChoice, chosenObjects } from "./chosen-objects.ts";
import { type Followed, followObjects } from "./follow-objects.ts";
import { duration } from "./option-values.ts";
import { apiOf } from "./session.ts";
import { cliProblem, failWith, print } from "./terminal.ts";
import { parseWaitCondition, type WaitCondition } from "./wait-condition.ts";

interface WaitOptions extends ChoiceOptions {
  readonly for: WaitCondition;
  readonly timeout: number;
}

export function define(command: Command): void {
  addChoiceOptions(command)
    .addOption(
      new Option(
        "--for <what>",
        "condition=Programmed, condition=Accepted=False, delete, create, or jsonpath='{…}'=value",
      )
        .argParser(parseWaitCondition)
        .makeOptionMandatory(),
    )
    .addOption(new Option("--timeout <time>", "how long; 0s looks once").argParser(duration).default(30_000, "30s"))
    .action((kind: string | undefined, names: readonly string[], options: WaitOptions, self: Command) => {
      checkChoice(kind, names, options, self);
      return wait(kind, names, options, self);
    });
}

async function wait(
  kind: string | undefined,
  names: readonly string[],
  options: WaitOptions,
  self: Command,
): Promise<void> {
  const connected = await apiOf(self);
  if ("problem" in connected) return failWith(connected.problem);
  const api = connected.value;
  const chosen = await chosenObjects(api, kind, names, options);
  if ("problem" in chosen) return failWith(chosen.problem);
  if (chosen.value.length === 0) return failWith(cliProblem("LB6202", "no matching resources found"));
  const { isMet, mayBeMissing, said } = options.for;
  const met = new Set<Followed>();
  const missing = new Set<Followed>();
  const enough = new AbortController();
  const looked = new Set<Followed>();
  const judge = (followed: Followed, object: RawObject | undefined) => {
    looked.add(followed);
    if (options.timeout === 0 && looked.size === chosen.value.length) setImmediate(() => enough.abort());
    if (object === undefined && !mayBeMissing) {
      missing.add(followed);
      return "done";
    }
    if (!isMet(object)) return "open";
    met.add(followed);
    print(`${qualifiedSingular(followed.resource)}/${followed.name} ${said}`);
    return "done";
  };
  const limit = options.timeout > 0 ? AbortSignal.timeout(options.timeout) : enough.signal;
  const problem = await followObjects(api, chosen.value, judge, limit);
  if (problem) return failWith(problem);
  for (const followed of chosen.value) {
    const { resource, name } = followed;
    if (missing.has(followed))
      failWith(
        cliProblem("LB6202", `${resource.resource}${resource.group && `.${resource.group}`} "${name}" not found`),
      );
    else if (!met.has(followed))
      failWith(cliProblem("LB6231", `timed out waiting for the condition on ${resource.resource}/${name}`));
  }
}
