import type { Answer } from "../client/local-client.ts";
import type { KindView } from "../client/local-types.ts";
import type { Problem } from "../model/problem.ts";
import type { ObjectReader, ReadableKind, ReadObject, Selection } from "./object-reader.ts";
import { cliProblem } from "./terminal.ts";

/** "httproutes.gateway.networking.k8s.io", as kubectl names kinds in messages. */
export function resourceName({ plural, group }: KindView): string {
  return group === "" ? plural : `${plural}.${group}`;
}

/** The kinds that words of the command line mean: "gtw,httproutes", a category, "all" (but Events, which come and go). */
export function findKinds(kinds: readonly ReadableKind[], words: string): Answer<readonly ReadableKind[]> {
  if (words === "all") return { value: kinds.filter(({ kind }) => kind !== "Event") };
  const found: ReadableKind[] = [];
  for (const word of words.split(",")) {
    const kind = kinds.find((candidate) => namesOf(candidate).includes(word.toLowerCase()));
    const inCategory = kinds.filter(({ categories = [] }) => categories.includes(word.toLowerCase()));
    if (kind === undefined && inCategory.length === 0) {
      const known = kinds.map(({ plural }) => plural).join(", ");
      return { problem: cliProblem("LB6201", `the server doesn't have a resource type "${word}"; it has ${known}`) };
    }
    found.push(...(kind ? [kind] : inCategory));
  }
  return { value: found };
}

/** One object by kind and name. Without a namespace the name has to be unique. */
export async function findObject(
  reader: ObjectReader,
  kind: KindView,
  selection: Selection,
): Promise<Answer<ReadObject>> {
  const answer = await reader.objects(kind, selection);
  if ("problem" in answer) return { problem: withNamespaceHint(answer.problem, selection) };
  const [object, ...others] = answer.value;
  if (object === undefined) return { problem: notFound(kind, selection.name ?? "") };
  if (others.length > 0) {
    const places = answer.value.map(({ resource }) => resource.metadata.namespace).join(", ");
    const message = `${resourceName(kind)} "${selection.name}" is in the namespaces ${places}`;
    return { problem: cliProblem("LB6203", message) };
  }
  return { value: object };
}

export function notFound(kind: KindView, name: string): Problem {
  return cliProblem("LB6202", `${resourceName(kind)} "${name}" not found`);
}

/** Who may see one namespace isn't let in to all of them. */
export function withNamespaceHint(problem: Problem, { namespace }: Selection): Problem {
  if (problem.code !== "LB6114" || namespace !== undefined) return problem;
  return { ...problem, hint: "All namespaces were asked for: name yours with -n." };
}

function namesOf({ kind, plural, singular, shortNames, group }: KindView): string[] {
  const names = [kind.toLowerCase(), plural, singular, ...shortNames];
  return group === "" ? names : [...names, `${plural}.${group}`, `${singular}.${group}`];
}
