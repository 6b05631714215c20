import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { applyMergePatch, mergePatch } from "../../../src/api/patch/merge-patch.ts";

test("the examples of RFC 7396, appendix A, give what it says", () => {
  const cases: readonly (readonly [target: unknown, patch: unknown, result: unknown])[] = [
    [{ a: "b" }, { a: "c" }, { a: "c" }],
    [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
    [{ a: "b" }, { a: null }, {}],
    [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
    [{ a: ["b"] }, { a: "c" }, { a: "c" }],
    [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
    [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
    [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
    [
      ["a", "b"],
      ["c", "d"],
      ["c", "d"],
    ],
    [{ a: "b" }, ["c"], ["c"]],
    [{ a: "foo" }, null, null],
    [{ a: "foo" }, "bar", "bar"],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: "b", c: null }, { a: "b" }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ];
  for (const [target, patch, result] of cases)
    assert.deepEqual(mergePatch(target, patch), result, JSON.stringify(patch));
});

test("a patch of an object has to be an object", () => {
  for (const patch of [null, 1, "x", [], true]) {
    const result = applyMergePatch({}, patch);
    assert.equal("problem" in result && result.problem.reason, "BadRequest");
  }
});

test("__proto__ is a field like any other", () => {
  const patch = JSON.parse('{"__proto__": {"polluted": 1}, "a": {"__proto__": {"polluted": 1}}}');
  const result = applyMergePatch({ a: {} }, patch);
  assert.ok("value" in result);
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
  assert.equal((result.value as { a: Record<string, unknown> }).a.polluted, undefined);
});

test("merging twice is merging once, nothing throws, and the target stays as it is", () => {
  const object = fc.dictionary(fc.constantFrom("a", "b", "c"), fc.jsonValue({ maxDepth: 3 }), {
    noNullPrototype: true,
  });
  fc.assert(
    fc.property(object, object, (target, patch) => {
      const before = structuredClone(target);
      const once = mergePatch(target, patch);
      assert.deepEqual(mergePatch(once, patch), once);
      assert.deepEqual(target, before);
    }),
  );
  fc.assert(fc.property(fc.anything(), fc.anything(), (target, patch) => void applyMergePatch(target, patch)));
});
