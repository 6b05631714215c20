/** Completion scripts, made from the commands themselves, so that they can't fall behind. */
import type { CommandWords } from "./completion.ts";

const BASH_PATHS = { directory: 'compgen -d -- "$word"', file: 'compgen -f -- "$word"' } as const;
const ZSH_PATHS = { directory: "'1:directory:_files -/'", file: "'1:file:_files'" } as const;
const FISH_PATHS = { directory: "-a '(__fish_complete_directories)'", file: "-F" } as const;

export function bashScript(commands: readonly CommandWords[]): string {
  const cases = commands.map(({ name, options, first }) => {
    const flags = options.flatMap((option) => option.flags).join(" ");
    const choices = options
      .filter((option) => option.choices.length > 0)
      .map(
        (option) =>
          `        ${option.flags.join("|")}) COMPREPLY=($(compgen -W "${option.choices.join(" ")}" -- "$word")); return ;;`,
      );
    const argument =
      typeof first === "string" ? BASH_PATHS[first] : `compgen -W "${(first ?? []).join(" ")}" -- "$word"`;
    return [
      `    ${name})`,
      '      case "$before" in',
      ...choices,
      '        --state-dir) COMPREPLY=($(compgen -d -- "$word")); return ;;',
      "      esac",
      `      if [[ $word == -* ]]; then COMPREPLY=($(compgen -W "${flags}" -- "$word"))`,
      `      else COMPREPLY=($(${argument})); fi ;;`,
    ].join("\n");
  });
  return `# landbridge completion for bash
_landbridge() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command=""
  COMPREPLY=()
  local i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${COMP_WORDS[i]}" in
      --state-dir|--kubeconfig|--context) i=$((i + 1)) ;;
      -*) ;;
      *) command=\${COMP_WORDS[i]}; break ;;
    esac
  done
  case "$command" in
    "") COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(" ")} help" -- "$word")) ;;
${cases.join("\n")}
  esac
}
complete -o filenames -F _landbridge landbridge
`;
}

export function zshScript(commands: readonly CommandWords[]): string {
  const names = commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`);
  const cases = commands.map(({ name, options, first }) => {
    const specs = options.flatMap(({ flags, description, choices }) =>
      flags.map((flag) =>
        quoted(`${flag}[${zshText(description)}]${choices.length > 0 ? `:value:(${choices.join(" ")})` : ""}`),
      ),
    );
    const argument = typeof first === "string" ? ZSH_PATHS[first] : quoted(`1:argument:(${(first ?? []).join(" ")})`);
    return `    ${name}) _arguments ${[...specs, argument].join(" \\\n      ")} ;;`;
  });
  return `#compdef landbridge
# landbridge completion for zsh
_landbridge() {
  local -a commands
  commands=(
${names.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local name=\${words[2]}
  shift words
  (( CURRENT-- ))
  case $name in
${cases.join("\n")}
  esac
}
compdef _landbridge landbridge
`;
}

export function fishScript(commands: readonly CommandWords[]): string {
  const lines = commands.flatMap(({ name, summary, options, first }) => {
    const when = quoted(`__fish_seen_subcommand_from ${name}`);
    const argument =
      typeof first === "string"
        ? `complete -c landbridge -n ${when} ${FISH_PATHS[first]}`
        : `complete -c landbridge -n ${when} -a ${quoted((first ?? []).join(" "))}`;
    return [
      `complete -c landbridge -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
      argument,
      ...options.map(({ flags, description, choices }) => {
        const names = flags.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
        const values = choices.length > 0 ? ` -x -a ${quoted(choices.join(" "))}` : "";
        return `complete -c landbridge -n ${when} ${names.join(" ")} -d ${quoted(description)}${values}`;
      }),
    ];
  });
  return `# landbridge completion for fish\ncomplete -c landbridge -f\n${lines.join("\n")}\n`;
}

/** A word in single quotes, as sh, zsh and fish read it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Brackets and colons end a description in zsh. */
function zshText(text: string): string {
  return text.replace(/[[\]:]/g, (character) => `\\${character}`);
}
