import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { lineDiff } from "../../../src/lib/line-diff.ts";

const lines = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 12 });

test("the lines of a difference are those of both texts, and no shorter one exists for a single change", () => {
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const diff = lineDiff(before, after);
      assert.deepEqual(
        diff.flatMap(({ kind, text }) => (kind === "added" ? [] : [text])),
        before,
      );
      assert.deepEqual(
        diff.flatMap(({ kind, text }) => (kind === "removed" ? [] : [text])),
        after,
      );
      const inserted = [...before.slice(0, 3), "new", ...before.slice(3)];
      assert.equal(lineDiff(before, inserted).filter(({ kind }) => kind !== "same").length, 1);
    }),
  );
});

test("texts too large to compare line by line are wholly different in the middle", () => {
  const before = Array.from({ length: 3_000 }, (_, i) => `a${i}`);
  const after = Array.from({ length: 3_000 }, (_, i) => `b${i}`);
  assert.equal(lineDiff(["x", ...before], ["x", ...after]).length, 6_001);
});
