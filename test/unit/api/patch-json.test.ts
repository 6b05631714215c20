import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { applyJsonPatch } from "../../../src/api/patch/json-patch.ts";
import { parsePointer } from "../../../src/api/patch/json-pointer.ts";
import { equal } from "../../../src/lib/equal.ts";

/** The value, or the reason of the refusal. */
function patched(target: unknown, ...patch: readonly unknown[]): unknown {
  const result = applyJsonPatch(target, patch);
  return "problem" in result ? result.problem.reason : result.value;
}

test("the examples of RFC 6902, appendix A, give what it says", () => {
  const cases: readonly (readonly [string, unknown, readonly unknown[], unknown])[] = [
    ["A.1", { foo: "bar" }, [{ op: "add", path: "/baz", value: "qux" }], { baz: "qux", foo: "bar" }],
    ["A.2", { foo: ["bar", "baz"] }, [{ op: "add", path: "/foo/1", value: "qux" }], { foo: ["bar", "qux", "baz"] }],
    ["A.3", { baz: "qux", foo: "bar" }, [{ op: "remove", path: "/baz" }], { foo: "bar" }],
    ["A.4", { foo: ["bar", "qux", "baz"] }, [{ op: "remove", path: "/foo/1" }], { foo: ["bar", "baz"] }],
    ["A.5", { baz: "qux", foo: "bar" }, [{ op: "replace", path: "/baz", value: "boo" }], { baz: "boo", foo: "bar" }],
    [
      "A.6",
      { foo: { bar: "baz", waldo: "fred" }, qux: { corge: "grault" } },
      [{ op: "move", from: "/foo/waldo", path: "/qux/thud" }],
      { foo: { bar: "baz" }, qux: { corge: "grault", thud: "fred" } },
    ],
    [
      "A.7",
      { foo: ["all", "grass", "cows", "eat"] },
      [{ op: "move", from: "/foo/1", path: "/foo/3" }],
      { foo: ["all", "cows", "eat", "grass"] },
    ],
    [
      "A.8",
      { baz: "qux", foo: ["a", 2, "c"] },
      [
        { op: "test", path: "/baz", value: "qux" },
        { op: "test", path: "/foo/1", value: 2 },
      ],
      { baz: "qux", foo: ["a", 2, "c"] },
    ],
    ["A.9", { baz: "qux" }, [{ op: "test", path: "/baz", value: "bar" }], "Invalid"],
    [
      "A.10",
      { foo: "bar" },
      [{ op: "add", path: "/child", value: { grandchild: {} } }],
      { foo: "bar", child: { grandchild: {} } },
    ],
    ["A.11", { foo: "bar" }, [{ op: "add", path: "/baz", value: "qux", xyz: 123 }], { foo: "bar", baz: "qux" }],
    ["A.12", { foo: "bar" }, [{ op: "add", path: "/baz/bat", value: "qux" }], "Invalid"],
    ["A.14", { "/": 9, "~1": 10 }, [{ op: "test", path: "/~01", value: 10 }], { "/": 9, "~1": 10 }],
    ["A.15", { "/": 9, "~1": 10 }, [{ op: "test", path: "/~01", value: "10" }], "Invalid"],
    [
      "A.16",
      { foo: ["bar"] },
      [{ op: "add", path: "/foo/-", value: ["abc", "def"] }],
      { foo: ["bar", ["abc", "def"]] },
    ],
  ];
  for (const [name, target, patch, expected] of cases) assert.deepEqual(patched(target, ...patch), expected, name);
});

test("pointers are read as RFC 6901 says", () => {
  const document = { "": 0, foo: ["bar"], "a/b": 1, "c%d": 2, "m~n": 8, " ": 7, 'k"l': 6 };
  const values = { "/foo/0": "bar", "/": 0, "/a~1b": 1, "/c%d": 2, "/m~0n": 8, "/ ": 7, '/k"l': 6 };
  for (const [path, value] of Object.entries(values)) {
    assert.deepEqual(patched(document, { op: "test", path, value }), document, path);
  }
  assert.deepEqual(patched(document, { op: "test", path: "", value: document }), document);
  for (const path of ["foo", "/~", "/~2", "#/foo"]) assert.equal(parsePointer(path), undefined, path);
  for (const index of ["01", "1", "-1", "1e0", "+0", "", "-"]) {
    assert.equal(patched({ foo: ["bar"] }, { op: "remove", path: `/foo/${index}` }), "Invalid", index);
  }
});

test("all operations happen or none, and neither target nor patch is changed", () => {
  const target = { list: [1], inner: { a: 1 } };
  const value = { deep: { x: 1 } };
  const patch = [
    { op: "add", path: "/value", value },
    { op: "add", path: "/value/deep/y", value: 2 },
    { op: "copy", from: "/value", path: "/copy" },
    { op: "replace", path: "/copy/deep/x", value: 3 },
    { op: "remove", path: "/list/0" },
    { op: "move", from: "/inner/a", path: "/inner/b" },
  ];
  assert.deepEqual(patched(target, ...patch), {
    list: [],
    inner: { b: 1 },
    value: { deep: { x: 1, y: 2 } },
    copy: { deep: { x: 3, y: 2 } },
  });
  assert.deepEqual([target, value], [{ list: [1], inner: { a: 1 } }, { deep: { x: 1 } }]);
  assert.equal(patched(target, ...patch, { op: "test", path: "/list/0", value: 1 }), "Invalid");
});

test("as in Kubernetes, replace may add a field and test finds null where there is none; the rest has to be there", () => {
  assert.deepEqual(patched({ a: {} }, { op: "replace", path: "/a/b", value: 1 }), { a: { b: 1 } });
  assert.deepEqual(patched({ a: {} }, { op: "test", path: "/a/b", value: null }), { a: {} });
  const bad = [
    { op: "test", path: "/x/b", value: null },
    { op: "replace", path: "/x/b", value: 1 },
    { op: "remove", path: "/x" },
    { op: "remove", path: "" },
    { op: "move", from: "/x", path: "/y" },
    { op: "copy", from: "/x", path: "/y" },
    { op: "move", from: "/a", path: "/a/b" },
    { op: "add", path: "/list/2", value: 1 },
    { op: "replace", path: "/list/1", value: 1 },
    { op: "add", path: "/text/x", value: 1 },
  ];
  for (const each of bad) assert.equal(patched({ a: {}, list: [1], text: "t" }, each), "Invalid", JSON.stringify(each));
  assert.deepEqual(patched({ a: 1 }, { op: "move", from: "/a", path: "/a" }), { a: 1 });
  assert.equal(patched({ list: [{}, {}] }, { op: "move", from: "/list/0", path: "/list/0/x" }), "Invalid");
});

test("a patch that isn't one is a bad request, whatever the object", () => {
  const bad = [
    null,
    "x",
    {},
    { op: "add", path: "/a" },
    { op: "add", value: 1 },
    { op: "add", path: 1, value: 1 },
    { op: "move", path: "/a" },
    { op: "spam", path: "/a" },
    { op: "add", path: "a", value: 1 },
  ];
  for (const each of bad) assert.equal(patched({}, each), "BadRequest", JSON.stringify(each));
  assert.equal("problem" in applyJsonPatch({}, { op: "remove", path: "/a" }), true);
});

test("no patch reaches the prototype of anything", () => {
  const attacks = [
    [{ op: "add", path: "/__proto__/polluted", value: 1 }],
    [{ op: "add", path: "/constructor/prototype/polluted", value: 1 }],
    [{ op: "replace", path: "/__proto__", value: { polluted: 1 } }],
    [{ op: "add", path: "/a", value: JSON.parse('{"__proto__": {"polluted": 1}}') }],
    [
      { op: "copy", from: "/__proto__", path: "/b" },
      { op: "add", path: "/b/polluted", value: 1 },
    ],
    [{ op: "test", path: "/toString", value: null }],
  ];
  for (const patch of attacks) {
    const result = applyJsonPatch({}, patch);
    assert.equal(({} as Record<string, unknown>).polluted, undefined);
    if ("value" in result) assert.equal((result.value as Record<string, unknown>).polluted, undefined);
  }
});

test("__proto__ is no place in an object", () => {
  for (const path of ["/__proto__", "/a/__proto__/b"]) {
    assert.equal(patched({ a: {} }, { op: "add", path, value: 1 }), "BadRequest");
    assert.equal(patched({ a: {} }, { op: "copy", from: path, path: "/b" }), "BadRequest");
  }
});

test("a short patch can't make a huge object, take long or nest deeper than can be read", () => {
  const doubling = Array.from({ length: 40 }, (_, i) => ({ op: "copy", from: "", path: `/x${i}` }));
  assert.equal(patched({ a: "some text" }, ...doubling), "RequestEntityTooLarge");
  const nothing = { op: "test", path: "", value: {} };
  assert.deepEqual(patched({}, ...Array(10_000).fill(nothing)), {});
  assert.equal(patched({}, ...Array(10_001).fill(nothing)), "RequestEntityTooLarge");
  const inserts = Array(9_000).fill({ op: "add", path: "/list/0", value: 0 });
  assert.equal(patched({ list: Array(100_000).fill(0) }, ...inserts), "RequestEntityTooLarge");
  const folds = Array.from({ length: 900 }, () => [
    { op: "add", path: "/b", value: {} },
    { op: "move", from: "/a", path: "/b/a" },
    { op: "move", from: "/b", path: "/a" },
  ]).flat();
  assert.equal(patched({ a: {} }, ...folds), "Invalid");
  assert.equal(patched({}, { op: "add", path: "/a".repeat(201), value: 1 }), "BadRequest");
});

test("a failed test doesn't tell what is there", () => {
  const result = applyJsonPatch({ data: { password: "hunter2" } }, [
    { op: "test", path: "/data/password", value: "x" },
  ]);
  assert.ok("problem" in result);
  assert.equal(result.problem.message, 'the test of "/data/password" failed: it has another value');
});

const value = fc.jsonValue({ maxDepth: 3 });
const path = fc.oneof(
  fc.constantFrom("", "/", "/a", "/a/0", "/a/-", "/a/b", "/b", "/__proto__", "/a/b/c"),
  fc.string(),
);
const operation = fc.record(
  { op: fc.constantFrom("add", "remove", "replace", "move", "copy", "test"), path, from: path, value },
  { requiredKeys: ["op"] },
);

test("no patch throws or changes its target, and what it makes is JSON", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.oneof(fc.array(operation), fc.anything()), (target, patch) => {
      const before = JSON.stringify(target);
      const result = applyJsonPatch(target, patch);
      assert.equal(JSON.stringify(target), before);
      if ("value" in result) assert.doesNotThrow(() => JSON.stringify(result.value));
    }),
    { numRuns: 2000 },
  );
});

test("adding and then removing, and moving there and back, change nothing", () => {
  const name = fc.stringMatching(/^[a-z~/]{1,6}$/);
  fc.assert(
    fc.property(fc.dictionary(name, value), name, name, value, (target, a, b, added) => {
      fc.pre(a !== b && !Object.hasOwn(target, a) && !Object.hasOwn(target, b));
      const pointer = (key: string) => `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
      const result = applyJsonPatch(target, [
        { op: "add", path: pointer(a), value: added },
        { op: "test", path: pointer(a), value: added },
        { op: "move", from: pointer(a), path: pointer(b) },
        { op: "move", from: pointer(b), path: pointer(a) },
        { op: "remove", path: pointer(a) },
      ]);
      assert.ok("value" in result && equal(result.value, target));
    }),
  );
});
