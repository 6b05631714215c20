import assert from "node:assert/strict";
import { test } from "node:test";
import { hasCauseOutside, splitRefused } from "../../../src/xds/refused-batch.ts";

const batch = ["Cluster:shop", "Cluster:shop-front", "Cluster:q1", "Cluster:q2"];

test("what the message names is tried alone first, the likeliest before the others", () => {
  assert.deepEqual(splitRefused(batch, "Error adding cluster(s) shop-front: bad"), [
    ["Cluster:shop-front"],
    ["Cluster:shop"],
    ["Cluster:q1", "Cluster:q2"],
  ]);
});

test("a message without a name halves the batch", () => {
  assert.deepEqual(splitRefused(["Cluster:x1", "Cluster:x2", "Cluster:x3"], "no"), [
    ["Cluster:x1"],
    ["Cluster:x2", "Cluster:x3"],
  ]);
});

test("a message that names everything still makes progress", () => {
  const many = Array.from({ length: 30 }, (_, index) => `Cluster:c${index}`);
  const groups = splitRefused(many, many.join(" "));
  assert.ok(groups.every((group) => group.length < many.length));
  assert.deepEqual(groups.flat().sort(), [...many].sort());
});

test("a taken port is the machine's fault, a bad regex is not", () => {
  assert.ok(hasCauseOutside("error adding listener 'l': cannot bind '0.0.0.0:80': Address already in use"));
  assert.ok(!hasCauseOutside("invalid regex"));
});
