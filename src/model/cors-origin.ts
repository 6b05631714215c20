import type * as z from "zod";
import { checkedString } from "./checked-string.ts";
import type { Mistake } from "./mistake.ts";

const PATTERN = "^\\*$|^https?://(\\*|(\\*\\.)?([a-zA-Z0-9-]+\\.)*[a-zA-Z0-9-]+)(:[0-9]{1,5})?$";
const ORIGIN = new RegExp(PATTERN);

/** "*", "https://a.example.com", "https://*.example.com", "http://localhost:3000". */
function checkCorsOrigin(value: string): Mistake | undefined {
  if (value.length <= 253 && ORIGIN.test(value)) return undefined;
  return {
    code: "LB1215",
    message: `${JSON.stringify(value.slice(0, 80))} isn't an origin`,
    hint: /^https?:\/\/[^/]+\/./.test(value)
      ? "An origin has no path: leave out all after the host and port."
      : 'Write scheme and host, such as https://shop.example.com or https://*.example.com, or "*".',
  };
}

export function corsOriginField(): z.ZodString {
  return checkedString(checkCorsOrigin, { pattern: PATTERN, minLength: 1, maxLength: 253 });
}
