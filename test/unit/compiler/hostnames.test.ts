import assert from "node:assert/strict";
import { test } from "node:test";
import { ANY, compareSpecificity, covers, intersect, mostSpecific } from "../../../src/compiler/routing/hostnames.ts";

test("a wildcard covers all names below it, at any depth, but not the name itself", () => {
  assert.ok(covers("*.example.com", "a.example.com"));
  assert.ok(covers("*.example.com", "a.b.example.com"));
  assert.ok(covers("*.example.com", "*.b.example.com"));
  assert.ok(!covers("*.example.com", "example.com"));
  assert.ok(!covers("*.example.com", "aexample.com"));
  assert.ok(!covers("a.example.com", "*.example.com"));
  assert.ok(covers(ANY, "*.example.com"));
});

test("listener and route have in common what the narrower of the two says", () => {
  assert.equal(intersect("*.example.com", "a.example.com"), "a.example.com");
  assert.equal(intersect("a.example.com", "*.example.com"), "a.example.com");
  assert.equal(intersect("*.example.com", "*.b.example.com"), "*.b.example.com");
  assert.equal(intersect(ANY, ANY), ANY);
  assert.equal(intersect("a.example.com", "b.example.com"), undefined);
  assert.equal(intersect("*.example.com", "*.example.org"), undefined);
});

test("exact names come before wildcards, longer before shorter", () => {
  const sorted = [ANY, "*.com", "*.example.com", "a.com", "long.example.com"].sort(compareSpecificity);
  assert.deepEqual(sorted, ["long.example.com", "a.com", "*.example.com", "*.com", ANY]);
  assert.equal(mostSpecific("a.example.com", [ANY, "*.com", "*.example.com"]), "*.example.com");
  assert.equal(mostSpecific("a.example.org", ["*.com"]), undefined);
});
