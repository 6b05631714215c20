/** Times as RFC 3339 writes them: metav1.Time and metav1.MicroTime. */
import type * as z from "zod";
import { checkedString } from "./checked-string.ts";
import type { Mistake } from "./mistake.ts";

const TIMESTAMP = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

export function checkTimestamp(value: string): Mistake | undefined {
  if (TIMESTAMP.test(value) && !Number.isNaN(Date.parse(value))) return undefined;
  return {
    code: "LB1220",
    message: `${JSON.stringify(value.slice(0, 40))} isn't a time`,
    hint: "Write it as RFC 3339 has it, such as 2026-01-31T12:00:00Z, or take it out.",
  };
}

export function timestampField(): z.ZodString {
  return checkedString(checkTimestamp, { format: "date-time" });
}
