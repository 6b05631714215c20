import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "../../../src/model/parse.ts";
import { decodeObject } from "../../../src/registry/json.ts";
import { BUILT_IN, STORE } from "../../../src/registry/registry.ts";
import type { ObjectChange } from "../../../src/registry/served-object.ts";
import { names, rawService, revisionIn, TestRegistry } from "../../support/test-registry.ts";
import { waitFor } from "../../support/wait-for.ts";

const A = "HybridService/shop/a";

function fromFile(name: string, source = "conf", port = 80) {
  const text = `apiVersion: landbridge.dev/v1alpha1
kind: HybridService
metadata: { name: ${name}, namespace: shop }
spec: { port: ${port}, backends: [ { name: vm, platform: datacenter } ] }
`;
  const [object] = parse(text, `${source}/a.yaml`).objects;
  assert.ok(object);
  return { resource: object.resource, origin: { source, position: object.position } };
}

test("every change has a revision of its own, greater than all before, and the object carries it", async () => {
  await using test = await TestRegistry.open();
  await test.put(rawService("a"));
  await test.put(rawService("b"));
  await test.put(rawService("a", {}, 81));
  const { objects, revision } = await test.registry.list("HybridService");
  const [a, b] = [...objects];
  assert.ok(a && b);
  assert.deepEqual([a.name, b.name], ["a", "b"]);
  assert.ok(b.revision < a.revision);
  assert.equal(revision, a.revision);
  assert.equal(revisionIn(a), String(a.revision));
});

test("what was deleted is told with its last state, at the revision of its deletion", async () => {
  await using test = await TestRegistry.open();
  await test.put(rawService("a"));
  const before = test.registry.revision;
  await test.remove(A);
  const change = test.registry.next("HybridService", before);
  assert.ok(change && change !== "expired");
  assert.equal(change.type, "DELETED");
  assert.equal(revisionIn(change.object), String(change.revision));
  assert.equal(await test.registry.get(A), undefined);
});

test("a status that nobody looks at is not made", async () => {
  await using test = await TestRegistry.open();
  await test.put(rawService("a"));
  const reads = test.statusReads;
  test.statuses.set(A, { conditions: [{ type: "Programmed" }] });
  test.registry.touch([A]);
  assert.equal(test.statusReads, reads);
  const object = await test.registry.get(A);
  assert.ok(object);
  assert.deepEqual(decodeObject(object.json).status, { conditions: [{ type: "Programmed" }] });
});

test("a watch hears of a status, and one that came out equal is no change", async () => {
  await using test = await TestRegistry.open();
  await test.put(rawService("a"));
  const seen: ObjectChange[] = [];
  const stop = new AbortController();
  test.registry.watch("HybridService", (change) => seen.push(change), stop.signal);
  test.statuses.set(A, { conditions: [{ type: "Programmed" }] });
  test.registry.touch([A]);
  await waitFor("the change", () => seen.length === 1);
  test.registry.touch([A]);
  await test.put(rawService("b"));
  await waitFor("b", () => seen.length === 2);
  assert.deepEqual(
    seen.map(({ type, object }) => [type, object.name]),
    [
      ["MODIFIED", "a"],
      ["ADDED", "b"],
    ],
  );
  stop.abort();
});

test("changes and passing states come in the order of their revisions", async () => {
  await using test = await TestRegistry.open();
  const seen: ObjectChange[] = [];
  const stop = new AbortController();
  test.registry.watch("HybridService", (change) => seen.push(change), stop.signal);
  const writes = Array.from({ length: 40 }, async (_, i) => {
    const name = `s${i % 10}`;
    const key = `HybridService/shop/${name}`;
    await test.store.write([{ key, value: Buffer.from(JSON.stringify(rawService(name, {}, 80 + i))) }]);
    test.statuses.set(key, { conditions: [{ type: `T${i}` }] });
    test.registry.touch([key]);
  });
  await Promise.all(writes);
  await test.registry.list("HybridService");
  const revisions = seen.map(({ revision }) => revision);
  assert.deepEqual(
    revisions,
    [...new Set(revisions)].sort((a, b) => a - b),
  );
  stop.abort();
});

test("the list of an earlier revision is what it was then", async () => {
  await using test = await TestRegistry.open();
  await test.put(rawService("a"));
  await test.put(rawService("b"));
  const then = test.registry.revision;
  await test.remove(A);
  await test.put(rawService("b", {}, 81));
  await test.put(rawService("c"));
  const objects = test.registry.listAt("HybridService", then);
  assert.ok(objects);
  assert.deepEqual(names(objects), ["a", "b"]);
  assert.deepEqual(
    objects.map(({ json }) => (decodeObject(json).spec as { port: number }).port),
    [80, 80],
  );
});

test("what the history has forgotten is said to be expired", async () => {
  await using test = await TestRegistry.open({ changes: 3, bytes: 1_000_000 });
  await test.put(rawService("a"));
  const then = test.registry.revision;
  for (let port = 81; port < 86; port++) await test.put(rawService("a", {}, port));
  assert.equal(test.registry.next("HybridService", then), "expired");
  assert.equal(test.registry.listAt("HybridService", then), undefined);
  assert.notEqual(test.registry.next("HybridService", test.registry.revision - 1), "expired");
});

test("the history is bounded in bytes too", async () => {
  await using test = await TestRegistry.open({ changes: 1_000, bytes: 4_000 });
  await test.put(rawService("a"));
  const then = test.registry.revision;
  for (let i = 0; i < 20; i++) await test.put(rawService("a", { annotations: { text: "x".repeat(500) } }, 100 + i));
  assert.equal(test.registry.next("HybridService", then), "expired");
});

test("after a restart revisions go on above all that were given out", async () => {
  await using test = await TestRegistry.open();
  await test.put(rawService("a"));
  test.statuses.set(A, { conditions: [{ type: "Programmed" }] });
  test.registry.touch([A]);
  const before = (await test.registry.get(A))?.revision ?? 0;
  await test.reopen();
  await test.put(rawService("b"));
  assert.ok((await test.registry.get("HybridService/shop/b"))?.revision ?? 0 > before);
  assert.ok(test.registry.revision > before);
});

test("an object of a file stands in front of the one in the store, which comes to light when the file's goes", async () => {
  await using test = await TestRegistry.open();
  await test.put(rawService("a", {}, 80));
  test.registry.applySources({ upserts: [fromFile("a", "conf", 99)], removals: [] });
  const file = await test.registry.get(A);
  assert.ok(file);
  assert.equal(file.owner.kind, "file");
  assert.equal((decodeObject(file.json).spec as { port: number }).port, 99);
  assert.equal(decodeObject(file.json).metadata.annotations?.["landbridge.dev/origin"], "conf/a.yaml:1:1");
  const upsert = { ...fromFile("a"), origin: { source: STORE } };
  test.registry.applySources({ upserts: [upsert], removals: [] });
  const stored = await test.registry.get(A);
  assert.equal(stored?.owner.kind, "store");
  assert.equal((decodeObject(stored?.json ?? Buffer.from("{}")).spec as { port: number }).port, 80);
});

test("an object of a file keeps its uid over restarts", async () => {
  await using test = await TestRegistry.open();
  test.registry.applySources({ upserts: [fromFile("a")], removals: [] });
  const before = await test.registry.get(A);
  await test.reopen();
  test.registry.applySources({ upserts: [fromFile("a")], removals: [] });
  const after = await test.registry.get(A);
  assert.ok(before?.uid);
  assert.equal(after?.uid, before.uid);
});

test("built-in objects say so", async () => {
  await using test = await TestRegistry.open();
  test.registry.applySources({ upserts: [fromFile("a", BUILT_IN)], removals: [] });
  assert.equal((await test.registry.get(A))?.owner.kind, "built-in");
});
