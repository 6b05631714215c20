import { type Command, Option } from "commander";
import type { Problem } from "../model/problem.ts";
import { type DocumentFormat, formatDocument } from "./document.ts";
import { paint, print } from "./terminal.ts";

export function define(command: Command): void {
  command
    .argument("<dir>", "directory with the objects")
    .addOption(new Option("-o, --output <format>", "output format").choices(["yaml", "json"]))
    .action((directory: string, { output }: { output?: DocumentFormat }) => check(directory, output));
}

/** Ends with 1 when there is an error; warnings alone are 0. */
async function check(directory: string, output: DocumentFormat | undefined): Promise<void> {
  const { compileDirectory } = await import("../control/offline.ts");
  const { problems, objects } = await compileDirectory(directory, Date.now());
  const errors = problems.filter(({ severity }) => severity === "error").length;
  const warnings = problems.length - errors;
  if (output) print(await formatDocument({ objects: objects.length, errors, warnings, problems }, output));
  else
    print(
      await checkText(
        problems,
        `${count(objects.length, "object")}: ${count(errors, "error")}, ${count(warnings, "warning")}`,
      ),
    );
  if (errors > 0) process.exitCode = 1;
}

async function checkText(problems: readonly Problem[], summary: string): Promise<string> {
  const { formatProblem } = await import("../model/problem.ts");
  const lines = problems.map((problem) => formatProblem(problem));
  const isClean = problems.length === 0;
  return [...lines, ...(isClean ? [] : [""]), paint(isClean ? "green" : "bold", summary)].join("\n");
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
