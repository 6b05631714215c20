/**
 * The text of field selectors as terms (k8s.io/apimachinery, pkg/fields): `metadata.name=front,type!=Opaque`, with
 * backslashes before what would otherwise have a meaning in a value.
 */
import type { Refusal } from "../status/status.ts";

export interface FieldTerm {
  readonly field: string;
  readonly isNegated: boolean;
  readonly value: string;
}

/** White space belongs to names and values, as in Kubernetes. Which fields there are is not looked at. */
export function parseFieldTerms(
  text: string,
): { readonly terms: readonly FieldTerm[] } | { readonly problem: Refusal } {
  const terms: FieldTerm[] = [];
  for (const part of splitTerms(text)) {
    if (part === "") continue;
    const operator = /!=|==?/.exec(part);
    if (!operator) return refused(`can't understand ${quoted(part)}: a field, = or !=, and a value are wanted`);
    const value = unescaped(part.slice(operator.index + operator[0].length));
    if (value === undefined) return refused(`the value in ${quoted(part)} needs a backslash before each , = and \\`);
    terms.push({ field: part.slice(0, operator.index), isNegated: operator[0] === "!=", value });
  }
  return { terms };
}

/** The value that the field has to have, when the terms allow a single one. */
export function exactFieldValue(terms: readonly FieldTerm[], field: string): string | undefined {
  return terms.find((term) => term.field === field && !term.isNegated)?.value;
}

/** At commas without a backslash before them. */
function splitTerms(text: string): readonly string[] {
  const terms: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === ",") {
      terms.push(text.slice(start, at));
      start = at + 1;
    }
  }
  terms.push(text.slice(start));
  return terms;
}

function unescaped(value: string): string | undefined {
  const withoutEscapes = value.replace(/\\[\\,=]/g, "");
  return /[\\,=]/.test(withoutEscapes) ? undefined : value.replace(/\\(.)/gs, "$1");
}

function refused(message: string): { readonly problem: Refusal } {
  return { problem: { reason: "BadRequest", message: `invalid field selector: ${message}` } };
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text);
}
