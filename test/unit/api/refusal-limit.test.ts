import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RefusalLimit } from "../../../src/api/audit/refusal-limit.ts";

const WINDOW_MS = 10_000;

test("what is written and what is told as a count are together all there was, whoever asked from wherever and whenever", () => {
  const attempt = fc.record({
    from: fc.constantFrom("10.0.0.1", "10.0.0.2", "fd00::1"),
    user: fc.constantFrom("", "", "ann", "bob"),
    pauseMs: fc.constantFrom(0, 0, 0, 1, 3_000, 12_000),
    times: fc.integer({ min: 1, max: 60 }),
  });
  fc.assert(
    fc.property(fc.array(attempt, { maxLength: 30 }), (attempts) => {
      const limit = new RefusalLimit();
      let now = 1_000_000;
      let total = 0;
      let told = 0;
      for (const { from, user, pauseMs, times } of attempts) {
        now += pauseMs;
        told += sum(limit.takeSummaries(now));
        for (let time = 0; time < times; time += 1) if (limit.count({ from, user }, now)) told += 1;
        total += times;
      }
      told += sum(limit.takeSummaries(now, "everything"));
      assert.equal(told, total);
      assert.equal(limit.lookAfter, undefined);
    }),
  );
});

test("strangers from however many addresses are written a bounded number of times, and take nothing from known users", () => {
  const limit = new RefusalLimit();
  let written = 0;
  for (let index = 0; index < 20_000; index += 1)
    if (limit.count({ from: `fd00::${index.toString(16)}`, user: "" }, 0)) written += 1;
  assert.equal(written, 200);
  const known = Array.from({ length: 30 }, () => limit.count({ from: "fd00::1", user: "ann" }, 0)).filter(Boolean);
  assert.equal(known.length, 20);
  assert.ok(limit.takeSummaries(WINDOW_MS).length <= 1_002);
});

test("a user is told from a stranger, and from another address", () => {
  const limit = new RefusalLimit();
  for (let index = 0; index < 50; index += 1) limit.count({ from: "a", user: "" }, 0);
  assert.ok(limit.count({ from: "a", user: "ann" }, 0));
  assert.ok(limit.count({ from: "b", user: "" }, 0));
  assert.ok(!limit.count({ from: "a", user: "" }, 0));
  assert.deepEqual(limit.takeSummaries(WINDOW_MS - 1), [], "not before the window is over");
  assert.deepEqual(limit.takeSummaries(WINDOW_MS), [{ from: "a", user: "", count: 31, since: 0 }]);
});

function sum(summaries: readonly { readonly count: number }[]): number {
  return summaries.reduce((total, { count }) => total + count, 0);
}
