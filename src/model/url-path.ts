/** Paths of URLs as the Gateway API takes them (RFC 3986 section 3.3, without what gateways normalise away). */
import type * as z from "zod";
import { checkedString } from "./checked-string.ts";
import type { Mistake } from "./mistake.ts";

const PATH_PATTERN = "^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|[%][0-9a-fA-F]{2})+$";
const PATH = new RegExp(PATH_PATTERN);

/** Why a path can't be matched exactly or as a prefix, in the order in which it is told. */
const FAULTS: readonly { readonly pattern: RegExp; readonly says: string; readonly hint: string }[] = [
  { pattern: /^(?!\/)/, says: "doesn't start with a slash", hint: "A path starts with /." },
  {
    pattern: /\/\//,
    says: 'has "//" in it',
    hint: "Write one slash; requests are normalised before they are matched.",
  },
  {
    pattern: /\/\.\.?(\/|$)/,
    says: 'has a "." or ".." element',
    hint: "Leave it out; requests are normalised before they are matched.",
  },
  { pattern: /%2f/i, says: "has an encoded slash (%2F) in it", hint: "Write /, or match with a RegularExpression." },
  { pattern: /#/, says: 'has a "#" in it', hint: "Fragments never reach a server; leave it out." },
  { pattern: /\?/, says: 'has a "?" in it', hint: "Match the query with queryParams." },
];

export function checkPathMatch(value: string): Mistake | undefined {
  const fault = FAULTS.find(({ pattern }) => pattern.test(value));
  if (fault) return { code: "LB1214", message: `the path ${JSON.stringify(value)} ${fault.says}`, hint: fault.hint };
  return PATH.test(value) ? undefined : badCharacters(value);
}

/** A path whose characters are all allowed in a URL. */
export function urlPathField(): z.ZodString {
  return checkedString(
    (value) =>
      value.length > 1024
        ? { code: "LB1214", message: `the path has ${value.length} characters`, hint: "At most 1024 are allowed." }
        : PATH.test(value)
          ? undefined
          : badCharacters(value),
    { pattern: PATH_PATTERN, maxLength: 1024 },
  );
}

function badCharacters(value: string): Mistake {
  return {
    code: "LB1214",
    message: `the path ${JSON.stringify(value.slice(0, 80))} has characters that a URL can't have`,
    hint: `Encode them: ${JSON.stringify(encodeURI(value.slice(0, 80).toWellFormed()))}.`,
  };
}
