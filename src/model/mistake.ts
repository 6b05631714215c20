import type { ModelProblemCode } from "./problem-codes.ts";

/** What is wrong with one value: a Problem before anyone knows where the value stands. */
export interface Mistake {
  readonly code: ModelProblemCode;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** Where in an object: field names and list indices. */
export type FieldPath = readonly (string | number)[];

/** A mistake and the field that has it. Severity is "error" unless said otherwise. */
export interface Finding extends Mistake {
  readonly path: FieldPath;
  readonly severity?: "error" | "warning";
}

/** ["spec", "rules", 0] becomes "spec.rules[0]"; names that hold dots or brackets are quoted: `labels["a.b/c"]`. */
export function formatPath(path: FieldPath): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else if (/^[\w-]+$/.test(part)) text += text === "" ? part : `.${part}`;
    else text += `[${JSON.stringify(part)}]`;
  }
  return text;
}

/** The inverse of formatPath. Text that is no path gives the parts that could be read. */
export function parsePath(text: string): FieldPath {
  const parts: (string | number)[] = [];
  for (const [, index, quoted, name] of text.matchAll(/\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([^.[\]]+)/g)) {
    if (index !== undefined) parts.push(Number(index));
    else if (quoted !== undefined) parts.push(unquote(quoted));
    else if (name !== undefined) parts.push(name);
  }
  return parts;
}

function unquote(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted.slice(1, -1);
  }
}
