/** Unquoted scalars of YAML 1.2's core schema (section 10.3.2), as far as they are written in the usual way. */

/** Unusual numbers: octal, hexadecimal, with exponents, plus signs or leading zeros, infinite. The library reads those. */
const UNUSUAL_NUMBER =
  /^(?:0o[0-7]+|0x[0-9a-fA-F]+|[-+]?[0-9]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

const WORDS: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, null] as const),
  ...["true", "True", "TRUE"].map((word) => [word, true] as const),
  ...["false", "False", "FALSE"].map((word) => [word, false] as const),
]);

/** undefined when the library has to say what it is. */
export function plainScalar(text: string): string | number | boolean | null | undefined {
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  const first = text.charCodeAt(0);
  // Only digits, + - and . can begin a number.
  if (first > 57 || first < 43) return text;
  if (/^(?:0|-?[1-9][0-9]{0,14}|-?[0-9]{1,9}\.[0-9]{1,9})$/.test(text)) return Number(text);
  return UNUSUAL_NUMBER.test(text) ? undefined : text;
}
