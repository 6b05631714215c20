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

/**
 * Headers that say how a connection is used and where a message on it ends (RFC 9110, 7.6.1; RFC 9112, 6). Connections
 * are shared: with a wrong one of these, the next request on it, someone else's, would be read as part of this one.
 */
const CONNECTION_HEADERS: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** For headers that the gateway is to set, change or take away. */
export function checkChangeableHeaderName(value: string): Mistake | undefined {
  if (!CONNECTION_HEADERS.has(value.toLowerCase())) return checkHeaderName(value);
  return {
    code: "LB1221",
    message: `the header ${value} is the gateway's own and can't be changed`,
    hint: "Take it out: it belongs to one connection, and the gateway sets it for each.",
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

export function changeableHeaderNameField(): z.ZodString {
  return checkedString(checkChangeableHeaderName, {
    pattern: NAME_PATTERN,
    minLength: 1,
    maxLength: MAX_NAME_LENGTH,
  });
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
