/** Bodies of requests as values. What a body says is never repeated in a message: it may be a secret. */
import { isUtf8 } from "node:buffer";
import type { Refusal } from "../status/status.ts";
import type { BodyFormat } from "./body-type.ts";
import { nestsDeeper, scanJson } from "./json-scan.ts";
import { parseYamlBody } from "./parse-yaml-body.ts";

export type BodyResult =
  | {
      readonly value: unknown;
      /** Paths of fields that are there twice; the last one counts. */
      readonly duplicates: readonly string[];
    }
  | { readonly problem: Refusal };

/** Deeper than any object. */
const MAX_DEPTH = 200;

export function parseBody(bytes: Uint8Array, format: BodyFormat): BodyResult {
  if (!isUtf8(bytes)) return badBody("isn't UTF-8");
  const text = new TextDecoder().decode(bytes);
  if (text.trim() === "") return badBody("is empty");
  return format === "json" ? parseJson(text) : parseYamlBody(text);
}

function parseJson(text: string): BodyResult {
  if (nestsDeeper(text, MAX_DEPTH)) return badBody(`nests lists and objects more than ${MAX_DEPTH} deep`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return badBody(`isn't JSON: ${placeOf(error)}`);
  }
  const { duplicates, inexact, proto } = scanJson(text);
  if (proto !== undefined) return badBody(`has the key __proto__, which no object has, at ${proto}`);
  if (inexact !== undefined) return badBody(`has a number that is too large to be kept exactly at ${inexact}`);
  return { value, duplicates };
}

/** Of what V8 says only the place: the rest quotes the text. */
function placeOf(error: unknown): string {
  const message = error instanceof Error ? error.message : "";
  const [, line, column] = /\(line (\d+) column (\d+)\)/.exec(message) ?? [];
  if (line !== undefined) return `there is a mistake at line ${line}, column ${column}`;
  return /end of JSON/.test(message) ? "it ends too early" : "there is a mistake in it";
}

function badBody(message: string): { readonly problem: Refusal } {
  return { problem: { reason: "BadRequest", message: `the body of the request ${message}` } };
}
