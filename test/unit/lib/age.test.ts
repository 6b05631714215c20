import assert from "node:assert/strict";
import { test } from "node:test";
import { age } from "../../../src/lib/age.ts";

const DAY = 24 * 3600;
const cases: readonly (readonly [number, string])[] = [
  [0, "0s"],
  [119, "119s"],
  [120, "2m"],
  [303, "5m3s"],
  [600, "10m"],
  [3600 - 1, "59m"],
  [3600 * 2 + 60, "121m"],
  [3600 * 3 + 60, "3h1m"],
  [3600 * 9, "9h"],
  [3600 * 47, "47h"],
  [DAY * 2 + 3600 * 5, "2d5h"],
  [DAY * 8 + 3600 * 5, "8d"],
  [DAY * 30, "30d"],
  [DAY * 365 * 2 + DAY * 3, "2y3d"],
  [DAY * 365 * 9, "9y"],
];

test("ages are written as kubectl writes them", () => {
  const now = new Date("2026-06-01T00:00:00Z");
  for (const [seconds, text] of cases) {
    assert.equal(age(new Date(now.getTime() - seconds * 1000).toISOString(), now), text);
  }
  assert.equal(age("2026-06-01T00:00:01.500Z", now), "0s", "clocks may be a little apart");
  assert.equal(age("2027-01-01T00:00:00Z", now), "<invalid>");
  assert.equal(age(undefined, now), "<unknown>");
});
