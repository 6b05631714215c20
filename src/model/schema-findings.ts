/** What zod says of a value, as findings with our codes and words. */
import type * as z from "zod";
import type { FieldPath, Finding, Mistake } from "./mistake.ts";
import { nearest } from "./nearest.ts";
import { knownFields } from "./schema-fields.ts";
import { describeValue, quote } from "./value-description.ts";

type Issue = z.core.$ZodIssue;

/** A document of nonsense would otherwise give a message for each of its words. */
const MAX_FINDINGS = 50;

/**
 * `root` is the value that was parsed and `path` where it stands in its object. With `reveal` false no message
 * repeats a value (Secrets).
 */
export function schemaFindings(
  issues: readonly Issue[],
  schema: z.core.$ZodType,
  root: unknown,
  path: FieldPath,
  reveal: boolean,
): Finding[] {
  return issues.slice(0, MAX_FINDINGS).flatMap((issue): Finding[] => {
    const inner = issue.path.map((part) => (typeof part === "symbol" ? String(part) : part));
    const place = [...path, ...inner];
    if (issue.code === "unrecognized_keys") {
      const known = knownFields(schema, inner);
      return issue.keys.slice(0, MAX_FINDINGS).map((key) => ({ ...unknownField(key, known), path: [...place, key] }));
    }
    return [{ ...mistakeOf(issue, valueAt(root, inner), reveal), path: place }];
  });
}

function unknownField(key: string, known: readonly string[]): Mistake {
  const near = nearest(key, known);
  const list =
    known.length <= 12 ? `The fields here are ${known.join(", ")}.` : "Take it out, or check where it belongs.";
  return {
    code: "LB1101",
    message: `the field ${quote(key)} isn't known here`,
    hint: near ? `Did you mean ${near}?` : known.length === 0 ? "There are no fields here." : list,
  };
}

function mistakeOf(issue: Issue, value: unknown, reveal: boolean): Mistake {
  switch (issue.code) {
    case "custom":
      return (issue.params?.mistake as Mistake | undefined) ?? { code: "LB1102", message: issue.message };
    case "invalid_type":
      return wrongType(issue.expected, value, reveal);
    case "invalid_value":
      return notAllowed(issue.values, value, reveal);
    case "too_small":
      return outOfBounds(issue.origin, "at least", issue.minimum, value);
    case "too_big":
      return outOfBounds(issue.origin, "at most", issue.maximum, value);
    default:
      return { code: "LB1102", message: `the value can't be ${describeValue(value, reveal)}` };
  }
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a map of fields",
  record: "a map",
};

function wrongType(expected: string, value: unknown, reveal: boolean): Mistake {
  const wanted = TYPE_WORDS[expected] ?? expected;
  if (value === undefined) return { code: "LB1103", message: `the field is required: ${wanted}`, hint: "Add it." };
  if (expected === "int" && typeof value === "number" && Number.isFinite(value)) {
    return {
      code: "LB1108",
      message: `${value} isn't a whole number`,
      hint: "Use whole numbers; weights can all be made larger.",
    };
  }
  const hint = typeHint(expected, value, reveal);
  return {
    code: "LB1102",
    message: `${wanted} is wanted, and this is ${describeValue(value, reveal)}`,
    ...(hint && { hint }),
  };
}

function typeHint(expected: string, value: unknown, reveal: boolean): string | undefined {
  if ((expected === "number" || expected === "int") && typeof value === "string" && /^\d+$/.test(value)) {
    return reveal ? `Write it without quotes: ${value.slice(0, 20)}.` : "Write it without quotes.";
  }
  if (expected === "number" || expected === "int") return "Write a plain number, such as 100.";
  if (expected === "string" && (typeof value === "number" || typeof value === "boolean")) {
    return reveal ? `Put it in quotes: "${value}".` : "Put it in quotes.";
  }
  if (expected === "boolean") return "Write true or false, without quotes.";
  if (expected === "array") return "Start each entry with a hyphen, also when there is only one.";
  if (expected === "object" || expected === "record") return "Write fields as `name: value`, indented below.";
  return undefined;
}

function notAllowed(allowed: readonly unknown[], value: unknown, reveal: boolean): Mistake {
  if (value === undefined) {
    return { code: "LB1103", message: "the field is required", hint: `Add it: ${allowed.join(", ")}.` };
  }
  const near = typeof value === "string" ? nearest(value, allowed.map(String)) : undefined;
  return {
    code: "LB1104",
    message: `${describeValue(value, reveal)} isn't one of ${allowed.join(", ")}`,
    hint: near ? `Did you mean ${near}?` : "Use one of these; upper and lower case matter.",
  };
}

function outOfBounds(origin: string, side: string, bound: number | bigint, value: unknown): Mistake {
  const count = Array.isArray(value) || typeof value === "string" ? value.length : undefined;
  if (origin === "array" || origin === "string") {
    const unit = origin === "array" ? "entries" : "characters";
    return {
      code: origin === "array" ? "LB1107" : "LB1106",
      message: `there are ${count} ${unit}, and ${side} ${bound} ${bound === 1 ? "is" : "are"} allowed`,
      hint: side === "at least" ? "Add some, or take the field out if it may be absent." : "Take some out.",
    };
  }
  return {
    code: "LB1105",
    message: `${value} is out of range: ${side} ${bound} is allowed`,
    hint: `Use a number that is ${side} ${bound}.`,
  };
}

function valueAt(root: unknown, path: FieldPath): unknown {
  let value = root;
  for (const part of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}
