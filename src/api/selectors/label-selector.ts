/** The text of label selectors: `app=shop,tier!=test,zone in (a,b),owner,!old` (k8s.io/apimachinery, pkg/labels). */
import { checkLabelKey, checkLabelValue } from "../../model/labels.ts";
import type { Refusal } from "../status/status.ts";
import { type LabelRequirement, type Labels, labelTest, parseInt64 } from "./label-requirement.ts";
import { type LabelToken, labelTokens } from "./label-tokens.ts";

export interface LabelSelector {
  /** All must hold. */
  readonly requirements: readonly LabelRequirement[];
  matches(labels: Labels): boolean;
}

type Read<T> = { readonly value: T } | { readonly mistake: string };

/** An empty text chooses everything. */
export function parseLabelSelector(text: string): { readonly selector: LabelSelector } | { readonly problem: Refusal } {
  const read = new SelectorReader(labelTokens(text)).read();
  if ("mistake" in read) {
    return { problem: { reason: "BadRequest", message: `unable to parse the label selector: ${read.mistake}` } };
  }
  const requirements = read.value;
  const tests = requirements.map(labelTest);
  const [first, ...others] = tests;
  const matches = first && others.length === 0 ? first : (labels: Labels) => tests.every((holds) => holds(labels));
  return { selector: { requirements, matches } };
}

class SelectorReader {
  readonly #tokens: readonly LabelToken[];
  #next = 0;

  constructor(tokens: readonly LabelToken[]) {
    this.#tokens = tokens;
  }

  read(): Read<LabelRequirement[]> {
    const requirements: LabelRequirement[] = [];
    if (this.#peek().kind === "end") return { value: requirements };
    for (;;) {
      const requirement = this.#requirement();
      if ("mistake" in requirement) return requirement;
      requirements.push(requirement.value);
      const after = this.#take();
      if (after.kind === "end") return { value: requirements };
      if (!isSymbol(after, ",")) return expected("',' or the end", after);
    }
  }

  #requirement(): Read<LabelRequirement> {
    const isNegated = isSymbol(this.#peek(), "!");
    if (isNegated) this.#take();
    const token = this.#take();
    if (token.kind !== "word") return expected("the key of a label", token);
    const key = token.text;
    const mistake = checkLabelKey(key);
    if (mistake) return { mistake: mistake.message };
    if (isNegated) return { value: { operator: "absent", key } };
    if (this.#isAtRequirementEnd()) return { value: { operator: "exists", key } };
    return this.#comparison(key);
  }

  #comparison(key: string): Read<LabelRequirement> {
    const operator = this.#take();
    switch (operator.text) {
      case "=":
      case "==":
        return this.#equality("in", key);
      case "!=":
        return this.#equality("notin", key);
      case "in":
      case "notin":
        return this.#membership(operator.text, key);
      case ">":
      case "<":
        return this.#bound(operator.text === ">" ? "gt" : "lt", key);
      default:
        return expected("one of = == != in notin < >", operator);
    }
  }

  #equality(operator: "in" | "notin", key: string): Read<LabelRequirement> {
    const value = this.#value();
    return "mistake" in value ? value : { value: { operator, key, values: [value.value] } };
  }

  #bound(operator: "gt" | "lt", key: string): Read<LabelRequirement> {
    const value = this.#value();
    if ("mistake" in value) return value;
    const bound = parseInt64(value.value);
    return bound === undefined
      ? { mistake: `${quoted(value.value)} isn't a whole number, which < and > compare with` }
      : { value: { operator, key, bound } };
  }

  /** In parentheses, with commas between; nothing at all is the empty value. */
  #membership(operator: "in" | "notin", key: string): Read<LabelRequirement> {
    const open = this.#take();
    if (!isSymbol(open, "(")) return expected("'('", open);
    const values = new Set<string>();
    for (;;) {
      const token = this.#peek();
      const value = token.kind === "word" ? this.#value() : { value: "" };
      if ("mistake" in value) return value;
      values.add(value.value);
      const after = this.#take();
      if (isSymbol(after, ")")) return { value: { operator, key, values: [...values] } };
      if (!isSymbol(after, ",")) return expected("',' or ')'", after);
    }
  }

  /** The empty value when there is nothing. */
  #value(): Read<string> {
    if (this.#isAtRequirementEnd()) return { value: "" };
    const token = this.#take();
    if (token.kind !== "word") return expected("a value", token);
    const mistake = checkLabelValue(token.text);
    return mistake ? { mistake: mistake.message } : { value: token.text };
  }

  #isAtRequirementEnd(): boolean {
    const token = this.#peek();
    return token.kind === "end" || isSymbol(token, ",");
  }

  #peek(): LabelToken {
    return this.#tokens[this.#next] ?? { kind: "end", text: "" };
  }

  #take(): LabelToken {
    const token = this.#peek();
    this.#next += 1;
    return token;
  }
}

function isSymbol({ kind, text }: LabelToken, symbol: string): boolean {
  return kind === "symbol" && text === symbol;
}

function expected(what: string, { kind, text }: LabelToken): { readonly mistake: string } {
  return { mistake: `found ${kind === "end" ? "the end" : quoted(text)}, expected ${what}` };
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text);
}
