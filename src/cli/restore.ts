import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Command } from "commander";
import { controlSocketPath } from "../client/control-socket.ts";
import { LocalClient } from "../client/local-client.ts";
import { stateDirOf } from "./session.ts";
import { cliProblem, failWith, print, printError } from "./terminal.ts";

export function define(command: Command): void {
  command
    .argument("<file>", "file that `landbridge backup` wrote")
    .addHelpText(
      "after",
      `
Puts the backup in the place of the store in --state-dir, while no control plane runs there. The store that was there is
kept beside it. Tokens and roles are then those of the backup too.`,
    )
    .action((backup: string, _options: object, self: Command) => restore(backup, stateDirOf(self)));
}

async function restore(backup: string, stateDir: string): Promise<void> {
  // The store refuses by itself while it is open; this says it in the words of somebody who looks for a process.
  const info = await new LocalClient(controlSocketPath(stateDir)).info();
  if ("value" in info) {
    const message = `the control plane of ${stateDir} is running (pid ${info.value.pid})`;
    return failWith(cliProblem("LB6246", message));
  }
  const [{ sealingKeyPath, storePath }, { restoreStore }] = await Promise.all([
    import("../control/resource-store.ts"),
    import("../storage/sqlite/restore.ts"),
  ]);
  const store = storePath(stateDir);
  const before = keptStores(store);
  const problem = restoreStore(backup, store);
  if (problem) return failWith(problem);
  print(`restored ${backup} to ${store}`);
  for (const kept of keptStores(store))
    if (!before.includes(kept)) print(`the store that was there is kept as ${kept}`);
  const key = sealingKeyPath(stateDir);
  if (!existsSync(key))
    printError(
      `note: ${key} isn't there: put the key file that sealed the backup's Secrets in its place before \`up\``,
    );
}

/** Stores that a restore has replaced before (storage/sqlite/restore.ts). */
function keptStores(store: string): string[] {
  const directory = dirname(store);
  if (!existsSync(directory)) return [];
  const kept = readdirSync(directory).filter(
    (name) => /\.replaced-\d+$/.test(name) && name.startsWith(basename(store)),
  );
  return kept.map((name) => join(directory, name));
}
