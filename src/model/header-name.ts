/** HTTP field names and values (RFC 9110, sections 5.1 and 5.5), as strict as the Gateway API. */
import type * as z from "zod";
import { checkedString } from "./checked-string.ts";
import type { Mistake } from "./mistake.ts";

const NAME_PATTERN = "^[A-Za-z0-9!#$%&'*+\\-.^_`|~]+$";
const NAME = new RegExp(NAME_PATTERN);
const MAX_NAME_LENGTH = 256;
const VALUE_PATTERN = "^[!-~]+([\\t ]?[!-~]+)*$";
const MAX_VALUE_LENGTH = 4096;

export function checkHeaderName(value: string): Mistake | undefined {
  if (value.length > 0 && value.length <= MAX_NAME_LENGTH && NAME.test(value)) return undefined;
  return {
    code: "LB1209",
    message: `${JSON.stringify(value.slice(0, 60))} isn't the name of an HTTP header`,
    hint: headerNameHint(value),
  };
}

export function checkHeaderValue(value: string): Mistake | undefined {
  const tooLong = value.length > MAX_VALUE_LENGTH;
  if (!tooLong && isPlainHeaderValue(value)) return undefined;
  return {
    code: "LB1213",
    message: `${JSON.stringify(value.slice(0, 60))} isn't a header value that the Gateway API takes`,
    hint: tooLong
      ? `A header value has at most ${MAX_VALUE_LENGTH} characters; this one has ${value.length}.`
      : "Use printable ASCII, with single spaces or tabs only between words.",
  };
}

/** The pattern above, read in one pass: as a regular expression it takes quadratic time on some values. */
function isPlainHeaderValue(value: string): boolean {
  return /^[!-~\t ]+$/.test(value) && !/^[\t ]|[\t ]$|[\t ]{2}/.test(value);
}

export function headerNameField(): z.ZodString {
  return checkedString(checkHeaderName, { pattern: NAME_PATTERN, minLength: 1, maxLength: MAX_NAME_LENGTH });
}

export function headerValueField(): z.ZodString {
  return checkedString(checkHeaderValue, { pattern: VALUE_PATTERN, minLength: 1, maxLength: MAX_VALUE_LENGTH });
}

function headerNameHint(value: string): string {
  if (value.length > MAX_NAME_LENGTH)
    return `A header name has at most ${MAX_NAME_LENGTH} characters; this one has ${value.length}.`;
  if (value.startsWith(":"))
    return "Pseudo-headers can't be matched or changed; use the method, path and hostname fields.";
  if (value.endsWith(":")) return "Leave the colon out.";
  return "Use letters, digits and hyphens, such as x-request-id.";
}
