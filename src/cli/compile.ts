import { type Command, Option } from "commander";
import { COMPILE_STAGES, type CompileStage } from "../client/local-types.ts";
import type { ObjectKey } from "../model/keys.ts";
import { type DocumentFormat, formatDocument } from "./document.ts";
import { pagesOf } from "./open-reader.ts";
import { cliProblem, failWith, print, printError } from "./terminal.ts";

interface CompileCommandOptions {
  readonly stage: CompileStage;
  readonly object?: ObjectKey;
  readonly output: DocumentFormat;
}

export function define(command: Command): void {
  command
    .argument("[dir]", "directory with the objects; without it: what the running control plane has")
    .addOption(
      new Option("--stage <stage>", "model: as parsed; routing: hosts, routes, legs; envoy: what proxies get")
        .choices([...COMPILE_STAGES])
        .default("routing"),
    )
    .option("--object <key>", "only what belongs to this object: HTTPRoute/shop/front")
    .addOption(new Option("-o, --output <format>", "output format").choices(["yaml", "json"]).default("yaml"))
    .action(async (directory: string | undefined, options: CompileCommandOptions, self: Command) => {
      if (directory === undefined) await compileRunning(self, options);
      else await compileOffline(directory, options);
    });
}

async function compileRunning(self: Command, { stage, object, output }: CompileCommandOptions): Promise<void> {
  const pages = await pagesOf(self);
  if ("problem" in pages) return failWith(pages.problem);
  const answer = await pages.value.compile(stage, { object });
  if ("problem" in answer) failWith(answer.problem);
  else print(await formatDocument(answer.value, output));
}

async function compileOffline(directory: string, { stage, object, output }: CompileCommandOptions): Promise<void> {
  const [{ compileDirectory }, { printStage }, { redact }, { formatProblem }, { keyOf }] = await Promise.all([
    import("../control/offline.ts"),
    import("../compiler/print.ts"),
    import("../lib/redact.ts"),
    import("../model/problem.ts"),
    import("../model/metadata.ts"),
  ]);
  const { problems, compiled } = await compileDirectory(directory, Date.now());
  if (object !== undefined && !compiled.objects.some((resource) => keyOf(resource) === object))
    return failWith(cliProblem("LB6202", `${object} is not in ${directory}`));
  print(await formatDocument(redact(printStage(stage, compiled, object)), output));
  // What has a mistake is missing above, so the mistakes are said too.
  const errors = problems.filter(({ severity }) => severity === "error");
  for (const problem of errors) printError(formatProblem(problem));
  if (errors.length > 0) process.exitCode = 1;
}
