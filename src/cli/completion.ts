import { Argument, type Command, type Option } from "commander";
import { COMMANDS } from "./commands.ts";
import { print } from "./terminal.ts";

/** What completion has to know of one command. */
export interface CommandWords {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly {
    readonly flags: readonly string[];
    readonly description: string;
    readonly choices: readonly string[];
  }[];
  /** What the first argument may be: words, a directory, or a file. */
  readonly first: readonly string[] | "directory" | "file" | undefined;
}

export function define(command: Command): void {
  command
    .addArgument(new Argument("<shell>", "your shell").choices(["bash", "zsh", "fish"]))
    .addHelpText(
      "after",
      `
Load it once for this shell, or put the line into its start-up file:
  bash:  source <(landbridge completion bash)
  zsh:   source <(landbridge completion zsh)
  fish:  landbridge completion fish | source`,
    )
    .action(async (shell: "bash" | "zsh" | "fish", _options: object, self: Command) => {
      const words = await allWords(self);
      const { bashScript, fishScript, zshScript } = await import("./completion-scripts.ts");
      print({ bash: bashScript, zsh: zshScript, fish: fishScript }[shell](words));
    });
}

async function allWords(self: Command): Promise<CommandWords[]> {
  const { API_KINDS } = await import("../model/api-kinds.ts");
  const kinds = API_KINDS.flatMap(({ plural, shortNames }) => [plural, ...shortNames]);
  const global = self.parent?.options ?? [];
  const words: CommandWords[] = [];
  for (const { name, summary, load } of COMMANDS) {
    const command = self.createCommand(name);
    (await load()).define(command);
    const options = [command, ...command.commands].flatMap((each) => each.options);
    words.push({ name, summary, options: [...options, ...global].map(optionWords), first: firstWords(command, kinds) });
  }
  return words;
}

function firstWords(command: Command, kinds: readonly string[]): CommandWords["first"] {
  if (command.commands.length > 0) return command.commands.map((each) => each.name());
  const [argument] = command.registeredArguments;
  if (argument?.name() === "kind") return kinds;
  if (argument?.name() === "file") return "file";
  return argument?.name() === "dir" ? "directory" : argument?.argChoices;
}

function optionWords({ short, long, description, argChoices }: Option) {
  return { flags: [short, long].filter((flag) => flag !== undefined), description, choices: argChoices ?? [] };
}
