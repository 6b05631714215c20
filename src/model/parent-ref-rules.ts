/** References to the same parent must be told apart by sectionName or port (Gateway API, ParentReference). */
import type { HttpRouteSpec } from "./http-route.ts";
import type { Finding } from "./mistake.ts";

type ParentRef = HttpRouteSpec["parentRefs"][number];

export function checkParentRefs(refs: readonly ParentRef[]): Finding[] {
  const seen = new Map<string, ParentRef[]>();
  return refs.flatMap((ref, index) => {
    const parent = `${ref.group}/${ref.kind}/${ref.namespace ?? ""}/${ref.name}`;
    const others = seen.get(parent) ?? [];
    seen.set(parent, [...others, ref]);
    const finding = others.map((other) => conflict(ref, other)).find((found) => found !== undefined);
    return finding ? [{ ...finding, path: ["spec", "parentRefs", index] }] : [];
  });
}

function conflict(ref: ParentRef, other: ParentRef): Omit<Finding, "path"> | undefined {
  const name = `${ref.kind} ${JSON.stringify(ref.name)}`;
  if (
    (ref.sectionName === undefined) !== (other.sectionName === undefined) ||
    (ref.port === undefined) !== (other.port === undefined)
  ) {
    return {
      code: "LB1310",
      message: `${name} is referred to twice, once more narrowly than the other time`,
      hint: "Give both references a sectionName, or both a port, or keep only one.",
    };
  }
  if (ref.sectionName === other.sectionName && ref.port === other.port) {
    return {
      code: "LB1311",
      message: `${name} is referred to twice in the same way`,
      hint: "Take one out, or give each another sectionName or port.",
    };
  }
  return undefined;
}
