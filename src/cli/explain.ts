import { type Command, Option } from "commander";
import type { DocumentFormat } from "./document.ts";
import { cliProblem, failWith, print } from "./terminal.ts";

interface ExplainOptions {
  readonly recursive?: boolean;
  readonly apiVersion?: string;
  readonly output?: DocumentFormat;
}

export function define(command: Command): void {
  command
    .argument("<kind>", "kind, plural or short name, with a path into it: httproute.spec.rules")
    .option("--recursive", "all fields below, with their types only")
    .option("--api-version <version>", "another version of the kind: gateway.networking.k8s.io/v1beta1")
    .addOption(new Option("-o, --output <format>", "the schema itself").choices(["yaml", "json"]))
    .addHelpText("after", "\nNeeds no control plane: the schemas are those that check objects.")
    .action(explain);
}

async function explain(words: string, options: ExplainOptions): Promise<void> {
  const [{ API_KINDS }, { findKinds }, { apiVersionOf }, { jsonSchemaOf }, { findField }] = await Promise.all([
    import("../model/api-kinds.ts"),
    import("./find-objects.ts"),
    import("../model/kind-definition.ts"),
    import("../model/json-schema.ts"),
    import("./explain-schema.ts"),
  ]);
  const { kindWord, path } = splitWords(words, (word) => "value" in findKinds(API_KINDS, word));
  const kinds = findKinds(API_KINDS, kindWord);
  if ("problem" in kinds) return failWith(kinds.problem);
  const definition = API_KINDS.find(({ kind }) => kind === kinds.value[0]?.kind);
  if (!definition) return;
  const wanted = options.apiVersion ?? apiVersionOf(definition);
  const version = definition.versions.find((each) => apiVersionOf(definition, each) === wanted);
  if (version === undefined) {
    const known = definition.versions.map((each) => apiVersionOf(definition, each)).join(", ");
    return failWith(cliProblem("LB6201", `${definition.kind} isn't known in ${wanted}; it is in ${known}`));
  }
  const found = findField(jsonSchemaOf(definition, version), path);
  if ("missing" in found) {
    const meant = found.near === undefined ? "" : `; did you mean ${found.near}?`;
    return failWith(cliProblem("LB6243", `${words}: there is no field ${JSON.stringify(found.missing)}${meant}`));
  }
  if (options.output) {
    const { formatDocument } = await import("./document.ts");
    return print(await formatDocument(found.schema, options.output));
  }
  const { explainText } = await import("./explain-text.ts");
  const { group, kind } = definition;
  print(explainText({ group, version, kind, path, schema: found.schema }, options.recursive === true));
}

/** "httproute.spec.rules": the kind is as much of it as names one, since groups have dots too. */
function splitWords(words: string, isKind: (word: string) => boolean): { kindWord: string; path: string[] } {
  const parts = words.split(".").filter((part) => part !== "");
  for (let length = parts.length; length > 1; length--) {
    const kindWord = parts.slice(0, length).join(".");
    if (isKind(kindWord)) return { kindWord, path: parts.slice(length) };
  }
  return { kindWord: parts[0] ?? "", path: parts.slice(1) };
}
