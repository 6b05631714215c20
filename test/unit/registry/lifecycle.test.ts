import assert from "node:assert/strict";
import { test } from "node:test";
import type { RawObject } from "../../../src/model/object-meta.ts";
import { bornObject, changedObject, dyingObject, isDead, objectWithStatus } from "../../../src/registry/lifecycle.ts";
import { rawService } from "../../support/test-registry.ts";

const BIRTH = { name: "a", namespace: "shop", uid: "u1", now: "2026-01-01T00:00:00Z" };
const NOW = "2026-02-01T00:00:00Z";

test("the author of a new object has no say in its identity, times, generation and status", () => {
  const claimed = {
    ...rawService("a", { uid: "mine", generation: 7, resourceVersion: "9", creationTimestamp: "1999-01-01T00:00:00Z" }),
    status: { conditions: [] },
  };
  const born = bornObject(claimed, BIRTH);
  assert.deepEqual(born.metadata, {
    name: "a",
    namespace: "shop",
    uid: "u1",
    creationTimestamp: "2026-01-01T00:00:00Z",
    generation: 1,
  });
  assert.equal(born.status, undefined);
});

test("the generation rises with the spec, not with metadata or status", () => {
  const born = bornObject(rawService("a"), BIRTH);
  const labelled = changedObject(born, { ...born, metadata: { ...born.metadata, labels: { a: "b" } } });
  assert.equal(labelled.metadata.generation, 1);
  assert.deepEqual(labelled.metadata.labels, { a: "b" });
  const changed = changedObject(labelled, { ...labelled, spec: { port: 81 } });
  assert.equal(changed.metadata.generation, 2);
  const observed = objectWithStatus(changed, { ...changed, spec: { port: 1 }, status: { x: 1 } });
  assert.equal(observed.metadata.generation, 2);
  assert.deepEqual(observed.spec, { port: 81 });
  assert.deepEqual(observed.status, { x: 1 });
});

test("a change keeps identity, times and status whatever it says of them", () => {
  const born = { ...bornObject(rawService("a"), BIRTH), status: { x: 1 } };
  const changed = changedObject(born, {
    ...born,
    metadata: { ...born.metadata, uid: "other", creationTimestamp: NOW, deletionTimestamp: NOW, generation: 50 },
    status: { x: 2 },
  });
  assert.deepEqual(changed.metadata, born.metadata);
  assert.deepEqual(changed.status, { x: 1 });
});

test("text in a Secret's stringData ends up in its data, and wins", () => {
  const secret: RawObject = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "a" },
    data: { a: "b2xk", b: "Yg==" },
    stringData: { a: "new" },
  };
  const born = bornObject(secret, BIRTH);
  assert.deepEqual(born.data, { a: "bmV3", b: "Yg==" });
  assert.ok(!("stringData" in born));
});

test("an object that is being deleted is dead when its last finalizer is gone", () => {
  const dying = dyingObject(rawService("a"), NOW, ["example.com/hold"]);
  assert.equal(isDead(dying), false);
  assert.equal(dying.metadata.deletionTimestamp, NOW);
  const released = changedObject(dying, { ...dying, metadata: { ...dying.metadata, finalizers: [] } });
  assert.equal(isDead(released), true);
  assert.equal(isDead(rawService("a")), false);
});

test("nobody can say of an object of the store that it stands in a file", () => {
  const annotations = { "landbridge.dev/origin": "other.yaml:1:1", mine: "yes" };
  const born = bornObject(rawService("a", { annotations }), BIRTH);
  assert.deepEqual(born.metadata.annotations, { mine: "yes" });
  const changed = changedObject(born, { ...born, metadata: { ...born.metadata, annotations } });
  assert.deepEqual(changed, born);
});
