import type { Command } from "commander";
import type { ApiClient } from "../client/api-client.ts";
import type { Problem } from "../model/problem.ts";
import { apiOf } from "./session.ts";
import { cliProblem, failWith, print } from "./terminal.ts";

export function define(command: Command): void {
  command
    .argument("<file>", "where the copy goes; only you may read it")
    .option("--force", "replace a file that is there")
    .action(async (path: string, { force = false }: { force?: boolean }, self: Command) => {
      const api = await apiOf(self);
      if ("problem" in api) return failWith(api.problem);
      const problem = await save(api.value, path, force);
      if (problem) failWith(problem);
      else print(await doneText(api.value, path));
    });
}

/** A whole file or none; what is there is replaced at the end, if it may be. */
async function save(api: ApiClient, path: string, force: boolean): Promise<Problem | undefined> {
  const { existsSync } = await import("node:fs");
  if (!force && existsSync(path)) return taken(path);
  const answer = await api.backup();
  if ("problem" in answer) return answer.problem;
  const { receiveWhole } = await import("./receive-whole.ts");
  const outcome = await receiveWhole(answer.value, path, force);
  if (outcome === "saved") return undefined;
  if (outcome === "taken") return taken(path);
  return cliProblem("LB6245", `${path}: ${outcome.message}`);
}

function taken(path: string): Problem {
  return cliProblem("LB6245", `${path} is there already`);
}

async function doneText(api: ApiClient, path: string): Promise<string> {
  const info = await api.info();
  const stateDir = "value" in info ? info.value.stateDir : "<state directory>";
  const { sealingKeyPath } = await import("../control/resource-store.ts");
  return [
    `backup written to ${path}`,
    "Secrets in it stay sealed. Without the key file nobody can open them, you included: keep a copy of it somewhere else,",
    `  ${sealingKeyPath(stateDir)}`,
    "  (on the control plane's machine; or the file that `up --sealing-key-file` names)",
  ].join("\n");
}
