import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { apportion } from "../../../src/lib/apportion.ts";

test("parts sum to the total, stay within one unit of exact, and give nothing to a weight of 0", () => {
  const weights = fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(weights, fc.integer({ min: 1, max: 1_000_000 }), (list, total) => {
      const sum = list.reduce((a, b) => a + b, 0);
      const parts = apportion(list, total);
      if (sum === 0)
        return assert.deepEqual(
          parts,
          list.map(() => 0),
        );
      assert.equal(
        parts.reduce((a, b) => a + b, 0),
        total,
      );
      parts.forEach((part, index) => {
        const exact = ((list[index] ?? 0) / sum) * total;
        assert.ok(Math.abs(part - exact) < 1 + 1e-6, `${part} is not near ${exact}`);
        if (list[index] === 0) assert.equal(part, 0);
      });
    }),
  );
});

test("growing one weight of two never takes from its own part", () => {
  let before = 0;
  for (let weight = 0; weight <= 100; weight++) {
    const [, candidate = 0] = apportion([100 - weight, weight], 10_000);
    assert.ok(candidate >= before);
    before = candidate;
  }
});
