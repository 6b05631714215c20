import assert from "node:assert/strict";
import { test } from "node:test";
import { backoffDelay } from "../../../src/lib/backoff.ts";
import { planRestart, RESTART_BACKOFF, STABLE_AFTER_MS } from "../../../src/proxy/restart.ts";

test("waits double up to the bound, for any number of failures", () => {
  const policy = { initialMs: 100, factor: 2, maxMs: 1_000, jitter: 0 };
  const waits = [1, 2, 3, 4, 5, 6, 5_000].map((failures) => backoffDelay(policy, failures, 0.5));
  assert.deepEqual(waits, [100, 200, 400, 800, 1_000, 1_000, 1_000]);
});

test("jitter only shortens a wait, by its share at most", () => {
  const policy = { initialMs: 1_000, factor: 2, maxMs: 1_000, jitter: 0.2 };
  assert.equal(backoffDelay(policy, 1, 0), 1_000);
  assert.equal(backoffDelay(policy, 1, 0.5), 900);
  assert.ok(backoffDelay(policy, 1, 0.999_999) >= 800);
});

test("an Envoy that served for a while starts a new count; one that stops early adds to it", () => {
  const served = { failuresBefore: 7, servedMs: STABLE_AFTER_MS };
  assert.deepEqual(planRestart(served, RESTART_BACKOFF, 0), { failures: 1, delayMs: 100 });
  const early = { failuresBefore: 7, servedMs: STABLE_AFTER_MS - 1 };
  assert.deepEqual(planRestart(early, RESTART_BACKOFF, 0), { failures: 8, delayMs: 10_000 });
});
