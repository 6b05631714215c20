import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseLabelSelector } from "../../../src/api/selectors/label-selector.ts";

const LABELS = { app: "shop", tier: "front", release: "12", empty: "" };

function matches(text: string, labels: Readonly<Record<string, string>> = LABELS): boolean | string {
  const parsed = parseLabelSelector(text);
  return "problem" in parsed ? parsed.problem.message : parsed.selector.matches(labels);
}

test("every form of a requirement chooses what Kubernetes chooses", () => {
  const chosen = [
    "",
    "  ",
    "app=shop",
    "app==shop",
    "app = shop",
    "app=shop,tier=front",
    " app = shop , tier in ( front , back ) ",
    "app!=other",
    "none!=x",
    "app in (shop)",
    "app\tin\n(other,shop)",
    "app notin (other)",
    "none notin (x)",
    "app",
    "app,tier",
    "!none",
    "! none",
    "empty=",
    "empty in ()",
    "empty in (,)",
    "empty in (x,)",
    "empty in (,x)",
    "empty in (x,,y)",
    "release>11",
    "release<13",
    "none!=",
  ];
  for (const text of chosen) assert.equal(matches(text), true, text);
  const leftOut = [
    "app=other",
    "none=x",
    "none=",
    "app!=shop",
    "app in (other)",
    "app in ()",
    "none in (x)",
    "app notin (shop,other)",
    "empty notin ()",
    "!app",
    "none",
    "release>12",
    "release<12",
    "app>1",
    "none<1",
    "app=shop,tier=back",
  ];
  for (const text of leftOut) assert.equal(matches(text), false, text);
});

test("in and notin are operators only where an operator stands", () => {
  const labels = { in: "notin", notin: "in" };
  for (const text of ["in=notin", "in in (notin)", "notin notin (notin)", "in", "in in (in,notin)", "!x,in"]) {
    assert.equal(matches(text, labels), true, text);
  }
});

test("what isn't a selector is refused, and it is said what was expected", () => {
  const bad = [
    ",",
    "a,",
    ",a",
    "a=b,,c=d",
    "=b",
    "a=b=c",
    "a in b",
    "a in (b",
    "a in (b c)",
    "a in",
    "a not in (b)",
    "a b",
    "!a=b",
    "!!a",
    "!",
    "a!",
    "a>x",
    "a>1.5",
    "a>",
    "a>99999999999999999999",
    "-a=b",
    "a=-b",
    `a=${"x".repeat(64)}`,
    "a/b/c=d",
    "a in ((b))",
    "(a)",
    "a=\u0000",
  ];
  for (const text of bad) assert.match(String(matches(text)), /^unable to parse the label selector: /, text);
  assert.match(String(matches("a in (b")), /found the end, expected ',' or '\)'/);
});

test("labels that objects inherit from JavaScript are no labels", () => {
  for (const name of ["constructor", "toString", "hasOwnProperty"]) {
    assert.equal(matches(name), false);
    assert.equal(matches(`!${name}`), true);
    assert.equal(matches(`${name}=x`), false);
    assert.equal(matches(`${name}!=x`), true);
  }
});

test("reading never throws, and a selector made of requirements chooses as they say", () => {
  const piece = fc.constantFrom(
    "a",
    "b",
    "in",
    "notin",
    "(",
    ")",
    ",",
    "!",
    "=",
    "==",
    "!=",
    "<",
    ">",
    " ",
    "1",
    "\t",
    '"',
  );
  const text = fc.oneof(
    fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join("")),
    fc.string(),
  );
  const labels = fc.dictionary(fc.constantFrom("a", "b", "in"), fc.constantFrom("", "a", "1", "in"));
  fc.assert(
    fc.property(text, labels, (selector, some) => {
      assert.ok(["boolean", "string"].includes(typeof matches(selector, some)));
    }),
    { numRuns: 3000 },
  );
  const name = fc.constantFrom("a", "b", "c");
  fc.assert(
    fc.property(name, fc.uniqueArray(name, { minLength: 1 }), fc.dictionary(name, name), (key, values, some) => {
      const isIn = Object.hasOwn(some, key) && values.some((value) => value === some[key]);
      assert.equal(matches(`${key} in (${values.join(" , ")})`, some), isIn);
      assert.equal(matches(`${key} notin (${values.join(",")})`, some), !isIn);
    }),
  );
});
