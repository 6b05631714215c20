/** The building blocks of `describe`. */
import type { ConditionView } from "../client/local-types.ts";
import { age } from "../lib/age.ts";
import type { Problem } from "../model/problem.ts";
import { table } from "./table.ts";
import { visibleText } from "./visible-text.ts";

/** A title, and below it indented text. */
export function section(title: string, text: string): string {
  const indented = visibleText(text)
    .trimEnd()
    .split("\n")
    .map((line) => (line === "" ? "" : `  ${line}`));
  return `${title}:\n${indented.join("\n")}\n`;
}

export function conditionTable(conditions: readonly ConditionView[]): string {
  const now = new Date();
  const rows = conditions.map((c) => [c.type, c.status, c.reason, age(c.lastTransitionTime, now), c.message]);
  return table(["TYPE", "STATUS", "REASON", "SINCE", "MESSAGE"], rows);
}

/** "Name:   shop" lines, with the values below each other. */
export function columns(pairs: readonly (readonly [string, string])[]): string {
  const width = Math.max(...pairs.map(([name]) => name.length)) + 2;
  return pairs.map(([name, value]) => `${name.padEnd(width)}${value}\n`).join("");
}

/** In the place of what the user may not see. */
export const FOR_OPERATORS = "<not shown: for operators>";

/** In the place of what couldn't be had. */
export function notShown({ message }: Problem): string {
  return `<not known: ${message}>`;
}
