import { Command, CommanderError, Option } from "commander";
import { COMMANDS } from "./commands.ts";
import { DEFAULT_STATE_DIR } from "./session.ts";
import { endQuietlyOnBrokenPipe } from "./terminal.ts";

/** Wrong usage, as most shells' built-ins have it. A problem with what was asked is 1. */
const USAGE_EXIT_CODE = 2;

/** Runs one command line; what it ends with is in process.exitCode. */
export async function run(args: readonly string[]): Promise<void> {
  endQuietlyOnBrokenPipe();
  const program = new Command("landbridge")
    .description("Moves services from virtual machines to Kubernetes: a gateway and its control plane.")
    .addOption(
      new Option("--state-dir <dir>", "where the control plane keeps its state and its control socket")
        .default(DEFAULT_STATE_DIR)
        .env("LANDBRIDGE_STATE_DIR"),
    )
    .option("--kubeconfig <file>", "which API and which user, as kubectl reads it (or LANDBRIDGE_KUBECONFIG)")
    .option("--context <name>", "the context of the kubeconfig; its current one if not given")
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError("(run with --help for the usage)")
    .exitOverride();
  const wanted = commandNameIn(args);
  for (const { name, summary, load } of COMMANDS) {
    const command = program.command(name).summary(summary).description(summary).copyInheritedSettings(program);
    // Only the command that runs is loaded: `get` must not wait for what `up` needs.
    if (name === wanted) (await load()).define(command);
  }
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? 0 : USAGE_EXIT_CODE;
  }
}

/** Those that may stand before the command, and have a value. */
const GLOBAL_OPTIONS: readonly (string | undefined)[] = ["--state-dir", "--kubeconfig", "--context"];

/** The first word that is no option, nor the value of one; after `help` the one that follows. */
function commandNameIn(args: readonly string[]): string | undefined {
  const words = args.filter((word, i) => !word.startsWith("-") && !GLOBAL_OPTIONS.includes(args[i - 1]));
  return words[0] === "help" ? words[1] : words[0];
}
