/** Which objects a command is about: KIND NAME…, KIND/NAME…, -l, --all or -f, as kubectl takes them. */
import type { Command } from "commander";
import type { ApiClient } from "../client/api-client.ts";
import { findResource } from "../client/api-resources.ts";
import type { ApiResource } from "../client/api-types.ts";
import type { Answer } from "../client/local-client.ts";
import type { Problem } from "../model/problem.ts";
import type { Followed } from "./follow-objects.ts";
import { readManifests } from "./manifests/read-files.ts";
import { problemLines, targetsOf } from "./manifests/targets.ts";
import { fileOption } from "./option-values.ts";
import { cliProblem, printError } from "./terminal.ts";

export interface ChoiceOptions {
  readonly filename?: readonly string[];
  readonly recursive?: boolean;
  readonly namespace?: string;
  readonly allNamespaces?: boolean;
  readonly selector?: string;
  readonly all?: boolean;
}

export function addChoiceOptions(command: Command): Command {
  return command
    .argument("[kind]", "kind, plural or short name; several with commas; or kind/name")
    .argument("[names...]", "names of objects, or more of kind/name")
    .addOption(fileOption("instead: file or directory that names the objects, or -"))
    .option("-R, --recursive", "also directories below those that -f names")
    .option("-l, --selector <labels>", "objects with these labels: app=shop,tier!=back")
    .option("--all", "all objects of the kind in the namespace")
    .option("-n, --namespace <namespace>", "their namespace")
    .option("-A, --all-namespaces", "with -l and --all: in all namespaces");
}

/** Says what is wrong with the words before anything is asked. Ends the command with a mistake of usage. */
export function checkChoice(
  kind: string | undefined,
  names: readonly string[],
  options: ChoiceOptions,
  self: Command,
): void {
  const { filename, selector, all, allNamespaces, namespace } = options;
  const isMany = selector !== undefined || all === true;
  const hasName = kind?.includes("/") || names.length > 0;
  const fail = (mistake: string) => self.error(`error: ${mistake}`);
  if (filename && (kind !== undefined || isMany))
    fail("-f says which objects: give no kind, name, -l or --all with it");
  if (!filename && kind === undefined) fail("give a kind and a name, or -f");
  if (kind !== undefined && !hasName && !isMany) fail("give names, -l or --all");
  if (hasName && isMany) fail("give names, or -l or --all");
  if (allNamespaces && (hasName || filename)) fail("-A is for -l and --all");
  if (allNamespaces && namespace !== undefined) fail("-A and -n exclude each other");
}

export async function chosenObjects(
  api: ApiClient,
  kind: string | undefined,
  names: readonly string[],
  options: ChoiceOptions,
): Promise<Answer<readonly Followed[]>> {
  const resources = await api.resources();
  if ("problem" in resources) return resources;
  const fallback = api.connection.namespace ?? "default";
  if (kind === undefined) return fromFiles(resources.value, options, fallback);
  const namespace = options.namespace ?? fallback;
  if (kind.includes("/") || names.some((name) => name.includes("/"))) {
    return ofWords(resources.value, [kind, ...names], namespace);
  }
  const chosen: Followed[] = [];
  for (const word of kind.split(",")) {
    const resource = findResource(resources.value, word);
    if (!resource) return { problem: noSuchKind(word) };
    const place = resource.namespaced ? namespace : "";
    if (names.length > 0) chosen.push(...names.map((name) => ({ resource, namespace: place, name })));
    else {
      const list = await api.list(resource, options.allNamespaces ? "" : place, { labelSelector: options.selector });
      if ("problem" in list) return list;
      for (const { metadata } of list.value.items)
        chosen.push({ resource, namespace: metadata.namespace ?? "", name: metadata.name });
    }
  }
  return { value: chosen };
}

function ofWords(
  resources: readonly ApiResource[],
  words: readonly string[],
  namespace: string,
): Answer<readonly Followed[]> {
  const chosen: Followed[] = [];
  for (const word of words) {
    const [kind = "", name = "", ...rest] = word.split("/");
    if (name === "" || rest.length > 0)
      return { problem: cliProblem("LB6201", `${word}: after one kind/name, all have to be kind/name`) };
    const resource = findResource(resources, kind);
    if (!resource) return { problem: noSuchKind(kind) };
    chosen.push({ resource, namespace: resource.namespaced ? namespace : "", name });
  }
  return { value: chosen };
}

async function fromFiles(
  resources: readonly ApiResource[],
  { filename = [], recursive, namespace }: ChoiceOptions,
  fallback: string,
): Promise<Answer<readonly Followed[]>> {
  const read = await readManifests(filename, recursive === true);
  const { targets, problems } = targetsOf(resources, read.manifests, { given: namespace, fallback });
  const all: readonly Problem[] = [...read.problems, ...problems];
  const [first] = all;
  if (!first) return { value: targets };
  printError(problemLines(all.slice(1)));
  return { problem: first };
}

export function noSuchKind(word: string): Problem {
  return cliProblem("LB6201", `the API doesn't have a resource type "${word}"; see \`landbridge api-resources\``);
}
