import assert from "node:assert/strict";
import { test } from "node:test";
import { equal } from "../../../src/lib/equal.ts";

test("fields that every object inherits are fields like others: with and without them isn't the same", () => {
  for (const name of ["constructor", "toString", "hasOwnProperty", "valueOf"]) {
    assert.equal(equal({ [name]: "x" }, {}), false, name);
    assert.equal(equal({}, { [name]: "x" }), false, name);
    assert.equal(equal({ [name]: "x" }, { [name]: "x" }), true, name);
  }
});

test("a field that is undefined is one that isn't there", () => {
  assert.ok(equal({ a: undefined }, {}));
  assert.ok(equal({}, { a: undefined }));
  assert.ok(!equal({ a: 1 }, { b: 1 }));
});
