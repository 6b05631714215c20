import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { memoryKeeper } from "../../../src/lib/memory.ts";

test("memory is given back once, in the quiet after many changes", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const ended = new AbortController();
    let given = 0;
    const keep = memoryKeeper(ended.signal, () => given++);
    keep(500);
    mock.timers.tick(60_000);
    assert.equal(given, 0, "few changes aren't worth it");
    keep(500);
    mock.timers.tick(4_000);
    keep(1);
    mock.timers.tick(4_000);
    assert.equal(given, 0, "not while it goes on");
    mock.timers.tick(2_000);
    assert.equal(given, 1);
    mock.timers.tick(60_000);
    assert.equal(given, 1);
    keep(3_000);
    ended.abort();
    mock.timers.tick(60_000);
    assert.equal(given, 1, "not after the end");
  } finally {
    mock.timers.reset();
  }
});
