import assert from "node:assert/strict";
import { test } from "node:test";
import { fromBinary } from "@bufbuild/protobuf";
import type { ResourceChange } from "../../../src/compiler/envoy/resource.ts";
import { translateRuntime } from "../../../src/compiler/envoy/runtime.ts";
import { RetainedWeights } from "../../../src/control/retained-weights.ts";
import { RuntimeSchema } from "../../../src/gen/envoy/service/runtime/v3/rtds_pb.js";

const EDGE = "Gateway/infra/edge";

function layer(weights: Readonly<Record<string, number>>): ResourceChange {
  const splits = Object.entries(weights).map(([name, weight]) => ({
    prefix: name,
    source: `HybridService/shop/${name}`,
    weights: [{ leg: "vm", weight }],
  }));
  return { type: "Runtime", name: "splits-0", resource: translateRuntime("splits-0", splits) };
}

function weightsOf(changes: readonly ResourceChange[]): unknown {
  const [change] = changes;
  return change?.resource && fromBinary(RuntimeSchema, change.resource.bytes).layer;
}

test("the keys of a split that is no longer used stay until every proxy has what came with the change", () => {
  const weights = new RetainedWeights();
  const old = layer({ front: 0 });
  const next = layer({ back: 5 });
  assert.deepEqual(weights.hold(EDGE, [old], 1), [old]);
  assert.deepEqual(weightsOf(weights.hold(EDGE, [next], 2)), { "front.vm": 0, "back.vm": 5 });
  assert.deepEqual(weights.release(EDGE, undefined), [], "no proxy is connected: the one that comes back may use it");
  assert.deepEqual(weights.release(EDGE, 1), []);
  assert.deepEqual(weights.release(EDGE, 2), [next]);
  assert.deepEqual(weights.release(EDGE, 2), [], "once");
});

test("a change before the acknowledgement keeps the old keys, with the newest weights of those in use", () => {
  const weights = new RetainedWeights();
  weights.hold(EDGE, [layer({ front: 1, back: 1 })], 1);
  weights.hold(EDGE, [layer({ back: 1 })], 2);
  const moved = layer({ back: 2 });
  assert.deepEqual(weightsOf(weights.hold(EDGE, [moved], 3)), { "front.vm": 1, "back.vm": 2 });
  assert.deepEqual(weights.release(EDGE, 2), []);
  assert.deepEqual(weights.release(EDGE, 3), [moved]);
});

test("a moving weight is published as it is, and once", () => {
  const weights = new RetainedWeights();
  weights.hold(EDGE, [layer({ front: 1 })], 1);
  const moved = layer({ front: 2 });
  assert.deepEqual(weights.hold(EDGE, [moved], 2), [moved]);
  assert.deepEqual(weights.release(EDGE, 2), []);
});
