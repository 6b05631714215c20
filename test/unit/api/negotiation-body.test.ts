import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { stringify } from "yaml";
import { bodyTypeOf } from "../../../src/api/negotiation/body-type.ts";
import { parseBody } from "../../../src/api/negotiation/parse-body.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const json = (text: string) => parseBody(bytes(text), "json");
const yaml = (text: string) => parseBody(bytes(text), "yaml");

function message(result: ReturnType<typeof json>): string {
  return "problem" in result ? `${result.problem.reason}: ${result.problem.message}` : "read";
}

test("content types say what a body is", () => {
  const cases: readonly (readonly [string | undefined, string])[] = [
    [undefined, "object json"],
    ["", "object json"],
    ["application/json", "object json"],
    ["Application/JSON; charset=UTF-8", "object json"],
    ['application/json;charset="utf-8"', "object json"],
    ["application/yaml", "object yaml"],
    ["application/vnd.kubernetes.protobuf", "object protobuf"],
    ["application/json-patch+json", "json-patch json"],
    ["application/merge-patch+json", "merge-patch json"],
    ["application/strategic-merge-patch+json", "strategic-merge-patch json"],
  ];
  for (const [contentType, expected] of cases) {
    const result = bodyTypeOf(contentType);
    assert.equal("body" in result && `${result.body.type} ${result.body.format}`, expected, contentType);
  }
});

test("what isn't read is refused, with what to send instead", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["application/apply-patch+yaml", /server-side apply isn't supported: use kubectl apply without --server-side/],
    ["application/cbor", /send application\/json/],
    ["text/plain", /only the following are accepted: application\/json, /],
    ["application/json; charset=utf-16", /UTF-8 only/],
    ["junk", /only the following/],
  ];
  for (const [contentType, expected] of cases) {
    const result = bodyTypeOf(contentType);
    assert.ok("problem" in result, contentType);
    assert.equal(result.problem.reason, "UnsupportedMediaType");
    assert.match(result.problem.message, expected);
  }
});

test("keys that are there twice are named by their paths, and the last one counts", () => {
  const text =
    '{"a":1,"spec":{"list":[{"x":1},{"x":1,"y":[2],"x":3}],"b\\u0061":0,"ba":1},"a":2,"a":3,"s":"a:\\"a\\""}';
  assert.deepEqual(json(text), {
    value: { a: 3, spec: { list: [{ x: 1 }, { x: 3, y: [2] }], ba: 1 }, s: 'a:"a"' },
    duplicates: ["spec.list[1].x", "spec.ba", "a"],
  });
  assert.deepEqual(json('[{"a":"a"},{"a":[{"a":{}}]}]'), { value: [{ a: "a" }, { a: [{ a: {} }] }], duplicates: [] });
});

test("what can't be kept as it is written is refused with its path", () => {
  assert.match(message(json('{"spec":{"x":[1,9007199254740993]}}')), /^BadRequest: .* exactly at spec\.x\[1\]$/);
  assert.match(message(json('{"x":1e999}')), /exactly at x/);
  assert.equal(message(json('{"x":[9007199254740991,-9007199254740991,1e3,0.1,1E-7],"y":"9007199254740993"}')), "read");
  assert.match(message(json('{"a":{"__proto__":{"b":1}}}')), /__proto__/);
  assert.match(message(json('{"\\u005f_proto__":1}')), /__proto__/);
  assert.equal(({} as Record<string, unknown>).b, undefined);
});

test("what isn't text, JSON or of a sensible depth is refused, whatever its size", () => {
  assert.match(message(parseBody(new Uint8Array([0x22, 0xff, 0x22]), "json")), /isn't UTF-8/);
  for (const format of ["json", "yaml"] as const) assert.match(message(parseBody(bytes(" \n"), format)), /is empty/);
  for (const text of ["[".repeat(1_000_000), '{"a":'.repeat(1_000_000), `${"[".repeat(201)}${"]".repeat(201)}`]) {
    assert.match(message(json(text)), /more than 200 deep/);
  }
  assert.equal(message(json(`${"[".repeat(200)}${"]".repeat(200)}`)), "read");
  assert.equal(message(json(JSON.stringify({ text: "[".repeat(1000) }))), "read");
  assert.match(message(json("{\n  x\n}")), /isn't JSON: there is a mistake/);
  assert.match(message(json('{"a":')), /isn't JSON: it ends too early/);
  assert.equal(message(json("\ufeff{}")), "read");
});

test("no message repeats what a body says", () => {
  for (const text of ['{"password": hunter2}', '{"password": "hunter2" x}', "hunter2", '{"p": "hunter2']) {
    assert.doesNotMatch(message(json(text)), /hunter2/);
  }
  for (const text of ["password: [hunter2", 'password: "hunter2', "password: !tag hunter2", "a: *hunter2"]) {
    assert.doesNotMatch(message(yaml(text)), /hunter2/);
  }
});

test("YAML is one document, without bombs, tags and keys that are there twice", () => {
  assert.deepEqual(yaml("---\na: {b: [1, x]}\nc: &x 1\nd: *x\n---\n"), {
    value: { a: { b: [1, "x"] }, c: 1, d: 1 },
    duplicates: [],
  });
  const bomb = `a: &a [${"x,".repeat(50)}]\n${[..."bcdef"].map((k, i) => `${k}: &${k} [${`*${"abcde"[i]},`.repeat(9)}]\n`).join("")}`;
  const bad: readonly (readonly [string, RegExp])[] = [
    ["a: 1\n---\nb: 2\n", /several YAML documents/],
    ["# nothing\n---\n", /no YAML document/],
    ["a: 1\na: 2\n", /line 2, column 1: the key "a" is there twice/],
    ["a: !include x\n", /tags/],
    [bomb, /aliases/],
    ["__proto__: {x: 1}\n", /__proto__/],
    ["[".repeat(5000), /deep/],
    [`a: "${"x".repeat(300_000)}"`, /^RequestEntityTooLarge: /],
  ];
  for (const [text, expected] of bad) assert.match(message(yaml(text)), expected);
});

test("JSON that was written is read, without findings; the same as YAML", () => {
  const value = fc.jsonValue({ maxDepth: 4 }).filter((v) => !/__proto__|[0-9]{16}|e[+]?\d\d/.test(JSON.stringify(v)));
  fc.assert(
    fc.property(value, fc.constantFrom(undefined, 2), (written, indent) => {
      const text = JSON.stringify(written, null, indent);
      assert.deepEqual(json(text), { value: JSON.parse(text), duplicates: [] });
    }),
  );
  const key = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/);
  const object = fc.dictionary(key, fc.oneof(key, fc.nat(), fc.boolean(), fc.array(key)), {
    minKeys: 1,
    noNullPrototype: true,
  });
  fc.assert(
    fc.property(object, (written) => assert.deepEqual(yaml(stringify(written)), { value: written, duplicates: [] })),
  );
});

test("exactly the keys that are there twice are found", () => {
  const key = fc.constantFrom("a", "b", 'q"', "\\", "é");
  const member = fc.tuple(key, fc.constantFrom("1", '"x"', "[]", '{"a":1}', "null"));
  fc.assert(
    fc.property(fc.array(member, { maxLength: 6 }), fc.constantFrom("", " ", "\n\t"), (members, space) => {
      const text = `{${members.map(([name, value]) => `${space}${JSON.stringify(name)}${space}:${space}${value}`).join(",")}}`;
      const names = members.map(([name]) => name);
      const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index));
      const result = json(text);
      assert.equal("duplicates" in result ? result.duplicates.length : -1, twice.size);
    }),
  );
});

test("no bytes throw", () => {
  const piece = fc.constantFrom(
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    '"',
    "\\",
    "1",
    "-",
    "e",
    "a",
    "\n",
    " ",
    "&a",
    "*a",
    "- ",
    ": ",
  );
  const body = fc.oneof(
    fc.uint8Array(),
    fc.string().map(bytes),
    fc.array(piece).map((pieces) => bytes(pieces.join(""))),
  );
  fc.assert(
    fc.property(body, fc.constantFrom("json" as const, "yaml" as const), (text, format) => {
      const result = parseBody(text, format);
      assert.ok("value" in result || result.problem.message !== "");
    }),
    { numRuns: 3000 },
  );
});
