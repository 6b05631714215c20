import assert from "node:assert/strict";
import { test } from "node:test";
import { atLeast, atMost, type Figure, verdictOf } from "../../../bench/report/figure.ts";
import { sampleOf } from "../../../bench/report/sample.ts";

const figure: Figure = { name: "edit", unit: "ms", sample: sampleOf([1, 2, 3, 4, 50]) };

test("a figure is short when one of its bounds is missed", () => {
  assert.equal(verdictOf({ ...figure, targets: [atMost("p50", 3)] }), "pass");
  assert.equal(verdictOf({ ...figure, targets: [atMost("p50", 3), atMost("p99", 49)] }), "short");
  assert.equal(verdictOf(figure), undefined);
});

test("a ratio says how many times less than the baseline the median is", () => {
  const compared = { ...figure, baseline: { name: "flat table", value: 24 } };
  assert.equal(verdictOf({ ...compared, targets: [atLeast("ratio", 8)] }), "pass");
  assert.equal(verdictOf({ ...compared, targets: [atLeast("ratio", 8.1)] }), "short");
});

test("a ratio without a baseline is never met", () => {
  assert.equal(verdictOf({ ...figure, targets: [atLeast("ratio", 1)] }), "short");
});
