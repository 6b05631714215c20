import assert from "node:assert/strict";
import { test } from "node:test";
import { ProgrammedTracker } from "../../../src/control/programmed.ts";

const EDGE = "Gateway/infra/edge";
const INNER = "Gateway/infra/inner";
const ROUTE = "HTTPRoute/shop/front";

function publish(tracker: ProgrammedTracker, sequence: number, gateways: readonly string[], now = sequence): void {
  tracker.published(ROUTE, { sequence, generation: sequence, gateways }, now);
}

test("an object is live only when every gateway it concerns has acknowledged its change", () => {
  const tracker = new ProgrammedTracker();
  publish(tracker, 5, [EDGE, INNER]);
  assert.deepEqual(tracker.progress(EDGE, 5, 10), []);
  assert.deepEqual(tracker.state(ROUTE), { kind: "pending", generation: 5, since: 5, waitsFor: [INNER] });
  assert.deepEqual(tracker.progress(INNER, 4, 11), []);
  assert.deepEqual(tracker.progress(INNER, 6, 12), [ROUTE]);
  assert.deepEqual(tracker.state(ROUTE), { kind: "live", generation: 5, since: 12 });
});

test("without a connected proxy nothing is live", () => {
  const tracker = new ProgrammedTracker();
  publish(tracker, 1, [EDGE]);
  assert.equal(tracker.state(ROUTE)?.kind, "pending");
  tracker.progress(EDGE, undefined, 2);
  assert.equal(tracker.state(ROUTE)?.kind, "pending");
});

test("a proxy that joins makes its gateway's objects pending until it has caught up", () => {
  const tracker = new ProgrammedTracker();
  publish(tracker, 3, [EDGE]);
  tracker.progress(EDGE, 3, 4);
  tracker.progress(EDGE, 0, 9);
  assert.deepEqual(tracker.state(ROUTE), { kind: "pending", generation: 3, since: 9, waitsFor: [EDGE] });
  tracker.progress(EDGE, 3, 10);
  assert.equal(tracker.state(ROUTE)?.kind, "live");
});

test("a newer change starts over, and an object that concerns no gateway is live at once", () => {
  const tracker = new ProgrammedTracker();
  publish(tracker, 3, [EDGE]);
  tracker.progress(EDGE, 3, 4);
  publish(tracker, 7, [EDGE]);
  assert.equal(tracker.state(ROUTE)?.kind, "pending");
  tracker.progress(EDGE, 7, 8);
  publish(tracker, 8, []);
  assert.equal(tracker.state(ROUTE)?.kind, "live");
  tracker.removed(ROUTE);
  assert.equal(tracker.state(ROUTE), undefined);
});

test("an edit that touches no gateway doesn't call the one before it live", () => {
  const tracker = new ProgrammedTracker();
  tracker.progress(EDGE, 4, 4);
  publish(tracker, 5, [EDGE]);
  publish(tracker, 6, []);
  assert.equal(tracker.state(ROUTE)?.kind, "pending");
  assert.deepEqual(tracker.progress(EDGE, 6, 7), [ROUTE]);
});

test("nothing waits for a gateway that is gone", () => {
  const tracker = new ProgrammedTracker();
  tracker.progress(EDGE, 5, 5);
  publish(tracker, 5, [EDGE, INNER]);
  assert.equal(tracker.state(ROUTE)?.kind, "pending");
  assert.deepEqual(tracker.gatewayRemoved(INNER, 9), [ROUTE]);
  assert.deepEqual(tracker.state(ROUTE), { kind: "live", generation: 5, since: 9 });
});
