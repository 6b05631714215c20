import assert from "node:assert/strict";
import { test } from "node:test";
import type { Lookup } from "../../../src/discovery/dns/lookup.ts";
import { NOTHING_HEARD, type RefreshState, refresh } from "../../../src/discovery/dns/refresh.ts";

const BOUNDS = { minTtlMs: 1_000, maxTtlMs: 60_000 };
const FOUND: Lookup = { kind: "found", endpoints: [{ address: "10.0.0.1", port: 80 }], ttl: 30 };
const NONE: Lookup = { kind: "none", ttl: 30 };
const FAILED: Lookup = { kind: "failed", code: "LB5004", why: "nobody answers" };

function after(...lookups: readonly Lookup[]) {
  let state: RefreshState = NOTHING_HEARD;
  let askAgainInMs = 0;
  for (const lookup of lookups) ({ state, askAgainInMs } = refresh(state, "front.test", lookup, BOUNDS, 0));
  return { set: state.set, askAgainInMs };
}

test("an answer is asked for again when its TTL is over, within the platform's bounds", () => {
  assert.equal(after({ ...FOUND, ttl: 30 }).askAgainInMs, 30_000);
  assert.equal(after({ ...FOUND, ttl: 0 }).askAgainInMs, 1_000);
  assert.equal(after({ ...FOUND, ttl: 86_400 }).askAgainInMs, 60_000);
  assert.equal(after({ ...NONE, ttl: 5 }).askAgainInMs, 5_000);
});

test("failures wait longer and longer, and an answer starts anew", () => {
  const waits = [1, 2, 3, 4, 5, 6, 7].map((count) => after(...Array(count).fill(FAILED)).askAgainInMs);
  assert.deepEqual(waits, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  assert.equal(after(FAILED, FAILED, FOUND, FAILED).askAgainInMs, 1_000);
});

test("a failure keeps what was known, however long it lasts, and says why", () => {
  assert.deepEqual(after(FOUND, ...Array(50).fill(FAILED)).set, {
    state: "stale",
    endpoints: [{ address: "10.0.0.1", port: 80 }],
    reason: "nobody answers (LB5004)",
  });
});

test("a failure before any answer leaves it unknown", () => {
  assert.equal(after(FAILED).set?.state, "unknown");
  assert.equal(after(FAILED, FOUND).set?.state, "known");
});

test("the name must be gone three times in a row to be believed", () => {
  assert.equal(after(FOUND, NONE, NONE).set?.state, "stale");
  assert.deepEqual(after(FOUND, NONE, NONE, NONE).set, { state: "known", endpoints: [] });
  assert.equal(after(FOUND, NONE, NONE, FOUND, NONE, NONE).set?.state, "stale");
});

test("a name that never was stays unknown, with the reason", () => {
  const { set } = after(NONE, NONE, NONE, NONE);
  assert.ok(set?.state === "unknown");
  assert.match(set.reason, /front\.test.*\(LB5003\)/);
});

test("once gone is believed, a failure doesn't bring the endpoints back", () => {
  assert.deepEqual(after(FOUND, NONE, NONE, NONE, FAILED).set?.endpoints, []);
});

test("whatever the bounds, the next question comes neither in a tight loop nor after a timer has overflown", () => {
  const found = { kind: "found", endpoints: [], ttl: 0 } as const;
  const ask = (ttl: number, minTtlMs: number, maxTtlMs: number) =>
    refresh(NOTHING_HEARD, "front.test", { ...found, ttl }, { minTtlMs, maxTtlMs }, 0).askAgainInMs;
  assert.equal(ask(0, 0, 60_000), 100);
  assert.equal(ask(60, 0, 0), 100);
  assert.equal(ask(4_000_000, 1_000, 1e13), 86_400_000);
  const failed = { kind: "failed", code: "LB5004", why: "no answer" } as const;
  assert.equal(refresh(NOTHING_HEARD, "front.test", failed, { minTtlMs: 0, maxTtlMs: 0 }, 0).askAgainInMs, 100);
});
