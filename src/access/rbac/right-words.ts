import type { SingleRight } from "./covering.ts";

/** More lines than this help nobody. */
const MAX_LINES = 20;

/** A line for each object of the rights, with all verbs: `get, list on "secrets" in API group ""`. */
export function describeRights(rights: readonly SingleRight[]): readonly string[] {
  const verbs = new Map<string, Set<string>>();
  for (const right of rights) {
    const target = describeTarget(right);
    verbs.set(target, (verbs.get(target) ?? new Set()).add(right.verb));
  }
  const lines = [...verbs].map(([target, set]) => `${[...set].sort().join(", ")} on ${target}`).sort();
  if (lines.length <= MAX_LINES) return lines;
  return [...lines.slice(0, MAX_LINES), `and ${lines.length - MAX_LINES} more`];
}

function describeTarget(right: SingleRight): string {
  if (right.kind === "path") return `path ${JSON.stringify(right.path)}`;
  const name = right.name === undefined ? "" : ` named ${JSON.stringify(right.name)}`;
  return `${JSON.stringify(right.resource)} in API group ${JSON.stringify(right.group)}${name}`;
}
