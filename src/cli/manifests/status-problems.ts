/** What the API says of an object, at the place in the file where its author has to change something. */
import type { ApiProblem } from "../../client/api-types.ts";
import type { ObjectKey } from "../../model/keys.ts";
import { parsePath } from "../../model/mistake.ts";
import type { Problem } from "../../model/problem.ts";
import type { Manifest } from "./manifest.ts";

/** "Invalid value: -1 is out of range (LB1105). Use a number …": what api/status/invalid.ts writes. */
const CAUSE = /^(?:[A-Z][\w ]*: )?([\s\S]*?) \((LB\d{4})\)(?:\. ([\s\S]*))?$/;

/** Fields that the kind doesn't have, or that are there twice: in one message (api/resources/admit.ts). */
const STRICT = /(unknown|duplicate) field ("(?:[^"\\]|\\.)*")/g;

const UNKNOWN_FIELD = "LB1101";

/** One problem for each field that is named; one for the object when none is. */
export function statusProblems(problem: ApiProblem, key: ObjectKey, manifest: Manifest): readonly Problem[] {
  const { status, code, message } = problem;
  const causes = (status?.details?.causes ?? []).filter(({ message: text }) => text !== undefined);
  if (causes.length > 0)
    return causes.map(({ field, message: text = "" }) => placed(text, field ?? "", code, key, manifest));
  const strict = [...message.matchAll(STRICT)].map(([, what, quoted = '""']) => {
    const path = String(JSON.parse(quoted));
    const text = what === "unknown" ? "the kind has no such field" : "the field is there twice";
    const position = manifest.locate(parsePath(path), true);
    return { code: UNKNOWN_FIELD, severity: "error", message: text, path, object: key, position } as const;
  });
  if (strict.length > 0) return strict;
  return [{ ...withCode(message, code), path: "", object: key, position: manifest.locate([]), ...hintOf(problem) }];
}

function placed(text: string, field: string, fallback: string, key: ObjectKey, manifest: Manifest): Problem {
  const isName = text.includes(`(${UNKNOWN_FIELD})`);
  return { ...withCode(text, fallback), path: field, object: key, position: manifest.locate(parsePath(field), isName) };
}

function withCode(text: string, fallback: string) {
  const [, message = text, code = fallback, hint] = CAUSE.exec(text) ?? [];
  return { code, severity: "error", message, ...(hint === undefined ? {} : { hint }) } as const;
}

function hintOf({ hint }: ApiProblem) {
  return hint === undefined ? {} : { hint };
}
