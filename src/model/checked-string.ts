import * as z from "zod";
import type { Mistake } from "./mistake.ts";

/** What JSON Schema can say of a string that a function checks. */
interface StringShape {
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly format?: string;
}

/**
 * A string field whose rule is a function, so that the message says what to do instead of naming a pattern.
 * The Mistake travels in the issue's `params`.
 */
export function checkedString(check: (value: string) => Mistake | undefined, shape: StringShape = {}): z.ZodString {
  return z
    .string()
    .check(({ value, issues }) => {
      const mistake = check(value);
      if (mistake)
        issues.push({ code: "custom", input: value, message: mistake.message, params: { mistake }, continue: true });
    })
    .meta({ ...shape });
}
