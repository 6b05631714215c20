/**
 * The part of kubectl's JSONPath templates that people use: text with expressions in braces, such as
 * "{.metadata.name}: {.status.conditions[?(@.type=="Programmed")].status}". No loops (range), no functions, no "..".
 */
import { text } from "../lib/fields.ts";

export type JsonPathTemplate = readonly (string | JsonPath)[];
export type JsonPath = readonly JsonPathStep[];

export type JsonPathStep =
  | { readonly kind: "field"; readonly name: string }
  /** Negative ones count from the end. */
  | { readonly kind: "index"; readonly index: number }
  /** All entries of a list, all values of a map. */
  | { readonly kind: "all" }
  /** Entries in which the field is, or isn't, the value. */
  | { readonly kind: "filter"; readonly path: JsonPath; readonly isNegated: boolean; readonly value: string };

/** A template, or what can't be understood of it. */
export type ParsedTemplate = { readonly template: JsonPathTemplate } | { readonly mistake: string };

const EXPRESSION = /\{((?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^{}"'])*)\}/y;
const TEXT = /[^{}]+/y;

export function parseTemplate(words: string): ParsedTemplate {
  const template: (string | JsonPath)[] = [];
  // ".spec.port" alone is what was meant by "{.spec.port}".
  const source = /^\s*\$?[.[]/.test(words) ? `{${words}}` : words;
  for (let at = 0; at < source.length; ) {
    const plain = matchAt(TEXT, source, at);
    const expression = plain ? undefined : matchAt(EXPRESSION, source, at);
    if (plain) template.push(unescaped(plain[0]));
    else if (expression) {
      const parsed = parseExpression((expression[1] ?? "").trim());
      if (typeof parsed === "object" && "mistake" in parsed) return parsed;
      template.push(parsed);
    } else return { mistake: `a brace without its partner in ${source.slice(at, at + 40)}` };
    at += (plain ?? expression)?.[0].length ?? 1;
  }
  return template.length === 0 ? { mistake: "the template is empty" } : { template };
}

/** What the template makes of a value. What isn't there is left out; several values are divided by spaces. */
export function renderTemplate(template: JsonPathTemplate, value: unknown): string {
  return template.map((part) => (typeof part === "string" ? part : select(part, value).map(text).join(" "))).join("");
}

/** All values that a path leads to. */
export function select(path: JsonPath, value: unknown): unknown[] {
  return path.reduce<unknown[]>((values, step) => values.flatMap((each) => follow(step, each)), [value]);
}

function follow(step: JsonPathStep, value: unknown): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  switch (step.kind) {
    case "field":
      return !Array.isArray(value) && Object.hasOwn(value, step.name)
        ? [(value as Record<string, unknown>)[step.name]]
        : [];
    case "index":
      return Array.isArray(value) ? value.slice(step.index, step.index + 1 || undefined) : [];
    case "all":
      return Object.values(value);
    case "filter":
      return Object.values(value).filter(
        (each) => (select(step.path, each).map(text)[0] === step.value) !== step.isNegated,
      );
  }
}

const FIELD = /\.?((?:[^\s.[\]{}()"'\\]|\\.)+)/y;
const QUOTED_FIELD = /\[\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')\s*\]/y;
const INDEX = /\[\s*(-?\d+)\s*\]/y;
const ALL = /\[\s*\*\s*\]|\.\*/y;
const FILTER = /\[\?\(\s*@([^=!<>]*?)\s*(==|!=)\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([\w.-]+))\s*\)\]/y;

/** One expression without its braces: a path, or a text in quotes. */
function parseExpression(source: string): string | JsonPath | { readonly mistake: string } {
  const [, quoted] = /^(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')$/.exec(source) ?? [];
  if (quoted !== undefined) return unescaped(quoted);
  if (/^(range|end)\b/.test(source)) return { mistake: "range isn't known here: use [*], or -o json with jq" };
  const path = parsePath(source.replace(/^[$@]/, ""));
  return path ?? { mistake: `${JSON.stringify(source)} isn't a path such as .metadata.name or .items[*].spec` };
}

function parsePath(source: string): JsonPath | undefined {
  const steps: JsonPathStep[] = [];
  // "." alone is the whole value.
  for (let at = source === "." ? 1 : 0; at < source.length; ) {
    const found = stepAt(source, at);
    if (!found) return undefined;
    steps.push(found.step);
    at += found.length;
  }
  return steps;
}

function stepAt(source: string, at: number): { step: JsonPathStep; length: number } | undefined {
  const all = matchAt(ALL, source, at);
  if (all) return { step: { kind: "all" }, length: all[0].length };
  const index = matchAt(INDEX, source, at);
  if (index) return { step: { kind: "index", index: Number(index[1]) }, length: index[0].length };
  const quoted = matchAt(QUOTED_FIELD, source, at);
  if (quoted)
    return { step: { kind: "field", name: unescaped(quoted[1] ?? quoted[2] ?? "") }, length: quoted[0].length };
  const filter = matchAt(FILTER, source, at);
  if (filter) {
    const [whole, inner = "", operator, double, single, bare] = filter;
    const path = parsePath(inner);
    const value = unescaped(double ?? single ?? bare ?? "");
    return path && { step: { kind: "filter", path, isNegated: operator === "!=", value }, length: whole.length };
  }
  const field = matchAt(FIELD, source, at);
  return field && { step: { kind: "field", name: unescaped(field[1] ?? "") }, length: field[0].length };
}

function matchAt(pattern: RegExp, source: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source) ?? undefined;
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t" };

/** "landbridge\.dev/x" is a field with a dot in its name; "\n" ends a line. */
function unescaped(source: string): string {
  return source.replace(/\\(.)/g, (_, character: string) => ESCAPES[character] ?? character);
}
