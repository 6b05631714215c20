import type { Answer, LocalClient } from "../client/local-client.ts";
import type { KindView, ObjectFilter, ObjectView } from "../client/local-types.ts";
import { cliProblem } from "./terminal.ts";

/** "httproutes.gateway.networking.k8s.io", as kubectl names kinds in messages. */
export function resourceName({ plural, group }: KindView): string {
  return group === "" ? plural : `${plural}.${group}`;
}

/** The kinds that words of the command line mean: "gtw,httproutes", "all". */
export function findKinds(kinds: readonly KindView[], words: string): Answer<readonly KindView[]> {
  if (words === "all") return { value: kinds };
  const found: KindView[] = [];
  for (const word of words.split(",")) {
    const kind = kinds.find((candidate) => namesOf(candidate).includes(word.toLowerCase()));
    if (kind === undefined) {
      const known = kinds.map(({ plural }) => plural).join(", ");
      return { problem: cliProblem("LB6201", `the server doesn't have a resource type "${word}"; it has ${known}`) };
    }
    found.push(kind);
  }
  return { value: found };
}

/** One object by kind and name. Without a namespace the name has to be unique. */
export async function findObject(
  client: LocalClient,
  kind: KindView,
  filter: ObjectFilter,
): Promise<Answer<ObjectView>> {
  const answer = await client.objects({ ...filter, kind: kind.kind });
  if ("problem" in answer) return answer;
  const [object, ...others] = answer.value;
  if (object === undefined) return { problem: notFound(kind, filter.name ?? "") };
  if (others.length > 0) {
    const places = answer.value.map(({ resource }) => resource.metadata.namespace).join(", ");
    return { problem: cliProblem("LB6203", `${resourceName(kind)} "${filter.name}" is in the namespaces ${places}`) };
  }
  return { value: object };
}

export function notFound(kind: KindView, name: string) {
  return cliProblem("LB6202", `${resourceName(kind)} "${name}" not found`);
}

function namesOf({ kind, plural, singular, shortNames, group }: KindView): string[] {
  const names = [kind.toLowerCase(), plural, singular, ...shortNames];
  return group === "" ? names : [...names, `${plural}.${group}`, `${singular}.${group}`];
}
