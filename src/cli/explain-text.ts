/** What `explain` prints: the layout of kubectl's. */
import type { JsonSchema } from "../model/json-schema.ts";
import { fieldsOf, requiredOf, resolved, typeName } from "./explain-schema.ts";

export interface Explained {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** [] for the kind itself. */
  readonly path: readonly string[];
  readonly schema: JsonSchema;
}

const WIDTH = 80;

export function explainText({ group, version, kind, path, schema }: Explained, isRecursive: boolean): string {
  const field = path.at(-1);
  const facts = [...(group === "" ? [] : [["GROUP:", group]]), ["KIND:", kind], ["VERSION:", version]];
  const head = facts.map(([title = "", value]) => `${title.padEnd(12)}${value}`);
  const fields = isRecursive ? recursiveLines(schema, 1) : fieldLines(schema);
  return [
    ...head,
    "",
    ...(field === undefined ? [] : [`FIELD: ${field} <${typeName(schema)}>`, ...facets(schema), ""]),
    "DESCRIPTION:",
    ...wrapped(schema.description ?? "<none>", 4),
    ...(fields.length === 0 ? [] : ["", "FIELDS:", ...fields]),
    "",
  ].join("\n");
}

function fieldLines(schema: JsonSchema): string[] {
  const required = requiredOf(schema);
  return Object.entries(fieldsOf(schema)).flatMap(([name, field], index) => [
    ...(index === 0 ? [] : [""]),
    `  ${fieldTitle(name, field, required)}`,
    ...facets(field).map((line) => `  ${line}`),
    ...wrapped(field.description ?? "", 4),
  ]);
}

function recursiveLines(schema: JsonSchema, depth: number): string[] {
  const required = requiredOf(schema);
  return Object.entries(fieldsOf(schema)).flatMap(([name, field]) => [
    `${"  ".repeat(depth)}${fieldTitle(name, field, required)}`,
    ...recursiveLines(resolved(field), depth + 1),
  ]);
}

function fieldTitle(name: string, field: JsonSchema, required: readonly string[]): string {
  return `${name}\t<${typeName(field)}>${required.includes(name) ? " -required-" : ""}`;
}

/** What may stand there. */
function facets({ enum: choices, default: preset, minimum, maximum, maxItems, pattern }: JsonSchema): string[] {
  return [
    ...(choices ? [`enum: ${choices.join(", ")}`] : []),
    ...(isShown(preset) ? [`default: ${JSON.stringify(preset)}`] : []),
    ...(minimum === undefined ? [] : [`minimum: ${minimum}`]),
    ...(maximum === undefined ? [] : [`maximum: ${maximum}`]),
    ...(maxItems === undefined ? [] : [`at most ${maxItems} entries`]),
    ...(pattern === undefined ? [] : [`pattern: ${pattern}`]),
  ];
}

/** An empty default says no more than that the field may be left out. */
function isShown(preset: unknown): boolean {
  if (preset === undefined || preset === null) return false;
  return typeof preset !== "object" || Object.keys(preset).length > 0;
}

function wrapped(text: string, indent: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && indent + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].filter((each) => each !== "").map((each) => " ".repeat(indent) + each);
}
