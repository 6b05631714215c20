/** Arbitrary text that is YAML, nearly YAML, or nothing of the kind. */
import fc from "fast-check";
import { stringify } from "yaml";
import { printable } from "../../src/model/print.ts";
import { resourceArbitrary } from "./model-arbitraries.ts";

/** What YAML's grammar turns on; random text would hardly ever hit it. */
const PIECES = [
  ...[
    "a",
    "b: ",
    "c:",
    "- ",
    "-",
    ": ",
    ":",
    ", ",
    ",",
    "[",
    "]",
    "{",
    "}",
    " ",
    "  ",
    "\n",
    "\n  ",
    "\n    ",
    "\n- ",
    "\n  - ",
  ],
  ...[
    '"',
    "'",
    '"x"',
    "'y'",
    '"x":',
    "#",
    " # c",
    "|",
    ">",
    "|\n  ",
    "&a ",
    "*a",
    "!t ",
    "? ",
    "%",
    "@",
    "`",
    "\t",
    "\r\n",
  ],
  ...[
    "---",
    "\n---\n",
    "\n...\n",
    "~",
    "null",
    "true",
    "yes",
    "0",
    "1",
    "-1",
    "+1",
    "1.5",
    ".5",
    "1e3",
    "0x1f",
    "0o7",
    "012",
    ".inf",
    ".nan",
  ],
  ...[
    "<<",
    "<<: ",
    "__proto__: ",
    "constructor: ",
    "é",
    "\0",
    "\\",
    "\\n",
    "=",
    "/",
    "a: b",
    "key: value\n",
    "/a/b",
    "10.0.0.1:80",
    "\ufeff",
  ],
];

const plainValue = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(
      fc.constantFrom<unknown>(
        null,
        true,
        false,
        0,
        7,
        -3,
        1.5,
        80,
        "",
        "a",
        "a b",
        "x: y",
        "yes",
        "null",
        "1",
        "0x1",
        "- a",
        "#",
        "it's",
        '"',
        "[a]",
        "{",
        "*",
        "a:",
        "/p",
      ),
      fc.string({ maxLength: 8 }),
    ),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom("a", "b", "name", "x-y", "null", "true", "1", "a b", "k/l", ""), tie("value"), {
      maxKeys: 4,
    }),
  ),
})).value;

/** Well-formed YAML of arbitrary values, in several styles. */
export const wellFormedText: fc.Arbitrary<string> = fc
  .tuple(
    fc.dictionary(fc.constantFrom("a", "b", "spec", "x-y"), plainValue, { minKeys: 1, maxKeys: 4 }),
    fc.record({
      collectionStyle: fc.constantFrom("any", "flow", "block"),
      indent: fc.constantFrom(1, 2, 4),
      indentSeq: fc.boolean(),
      lineWidth: fc.constantFrom(0, 20),
    }),
  )
  .map(([value, options]) =>
    stringify(value, { ...options, collectionStyle: options.collectionStyle as "any", aliasDuplicateObjects: false }),
  );

export const resourceText: fc.Arbitrary<string> = fc
  .tuple(resourceArbitrary, fc.constantFrom("any", "flow", "block"))
  .map(([resource, style]) =>
    stringify(printable(resource), { collectionStyle: style as "any", lineWidth: 0, aliasDuplicateObjects: false }),
  );

export const piecedText: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...PIECES), { maxLength: 30, size: "max" })
  .map((pieces) => pieces.join(""));

/** Text with a few pieces put in, put over or cut out. */
export function mutated(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    cut: fc.nat({ max: 4 }),
    piece: fc.constantFrom("", ...PIECES),
  });
  return fc.tuple(text, fc.array(change, { minLength: 1, maxLength: 4 })).map(([original, changes]) =>
    changes.reduce((current, { at, cut, piece }) => {
      const place = Math.floor(at * current.length);
      return current.slice(0, place) + piece + current.slice(place + cut);
    }, original),
  );
}

export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  piecedText,
  wellFormedText,
  mutated(wellFormedText),
  mutated(resourceText),
);
