/** JSON bodies, refused where JSON.parse would lose or change something. */
import type { Refusal } from "../status/status.ts";
import { nestsDeeper, scanJson } from "./json-scan.ts";

/** Deeper than any object. */
const MAX_DEPTH = 200;

/** `duplicates` are paths of fields that are there twice; the last one counts. */
export function parseJsonBody(
  text: string,
): { readonly value: unknown; readonly duplicates: readonly string[] } | { readonly problem: Refusal } {
  if (nestsDeeper(text, MAX_DEPTH)) return refused(`nests lists and objects more than ${MAX_DEPTH} deep`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refused(`isn't JSON: ${placeOf(error)}`);
  }
  const { duplicates, inexact, proto } = scanJson(text);
  if (proto !== undefined) return refused(`has the key __proto__, which no object has, at ${proto}`);
  if (inexact !== undefined) return refused(`has a number that is too large to be kept exactly at ${inexact}`);
  return { value, duplicates };
}

/** Of what V8 says only the place: the rest quotes the text. */
function placeOf(error: unknown): string {
  const message = error instanceof Error ? error.message : "";
  const [, line, column] = /\(line (\d+) column (\d+)\)/.exec(message) ?? [];
  if (line !== undefined) return `there is a mistake at line ${line}, column ${column}`;
  return /end of JSON/.test(message) ? "it ends too early" : "there is a mistake in it";
}

function refused(message: string): { readonly problem: Refusal } {
  return { problem: { reason: "BadRequest", message: `the body of the request ${message}` } };
}
