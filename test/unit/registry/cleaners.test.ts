import assert from "node:assert/strict";
import { test } from "node:test";
import type { OwnerReference } from "../../../src/model/object-meta.ts";
import { GarbageCollector } from "../../../src/registry/garbage-collector.ts";
import { decodeObject } from "../../../src/registry/json.ts";
import { dyingObject } from "../../../src/registry/lifecycle.ts";
import { NamespaceCleaner } from "../../../src/registry/namespace-cleaner.ts";
import type { CleanerOptions } from "../../../src/registry/removal.ts";
import { rawNamespace, rawService, TestRegistry } from "../../support/test-registry.ts";
import { waitFor } from "../../support/wait-for.ts";

const NOW = "2026-01-01T00:00:00Z";

function owner(name: string, more: Partial<OwnerReference> = {}): OwnerReference {
  return { apiVersion: "landbridge.dev/v1alpha1", kind: "HybridService", name, uid: `uid-${name}`, ...more };
}

const key = (name: string) => `HybridService/shop/${name}`;

interface Cleaning extends AsyncDisposable {
  readonly test: TestRegistry;
  readonly notes: string[];
}

async function cleaning(prepare: (test: TestRegistry) => Promise<void> = async () => {}): Promise<Cleaning> {
  const test = await TestRegistry.open();
  await prepare(test);
  const notes: string[] = [];
  const options: CleanerOptions = {
    registry: test.registry,
    now: () => NOW,
    note: (verb, before) => {
      notes.push(`${verb} ${before.metadata.name}`);
      return { verb };
    },
  };
  const stop = new AbortController();
  const runs = [
    new GarbageCollector(options, test.store).run(stop.signal),
    new NamespaceCleaner(options, test.store).run(stop.signal),
  ];
  return {
    test,
    notes,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await Promise.all(runs);
      await test[Symbol.asyncDispose]();
    },
  };
}

async function untilGone({ registry }: TestRegistry, name: string): Promise<void> {
  await waitFor(`${name} to go`, () => registry.stored(key(name)) === undefined);
}

test("what depends on a deleted object is deleted after it, and so on down", async () => {
  await using cleaned = await cleaning();
  const { test: registry, notes } = cleaned;
  await registry.put(rawService("root"));
  await registry.put(rawService("child", { ownerReferences: [owner("root")] }));
  await registry.put(rawService("grandchild", { ownerReferences: [owner("child")] }));
  await registry.put(rawService("stranger"));
  await registry.remove(key("root"));
  await untilGone(registry, "grandchild");
  assert.ok(registry.registry.stored(key("stranger")));
  assert.deepEqual(notes, ["delete child", "delete grandchild"]);
});

test("an object with another living owner stays and forgets the dead one", async () => {
  await using cleaned = await cleaning();
  const { test: registry } = cleaned;
  await registry.put(rawService("one"));
  await registry.put(rawService("two"));
  await registry.put(rawService("child", { ownerReferences: [owner("one"), owner("two")] }));
  await registry.remove(key("one"));
  const owners = () => {
    const stored = registry.registry.stored(key("child"));
    return stored && decodeObject(stored.json).metadata.ownerReferences;
  };
  await waitFor("one owner", () => owners()?.length === 1);
  assert.equal(owners()?.[0]?.name, "two");
});

test("an owner of the same name but another identity is no owner", async () => {
  await using cleaned = await cleaning();
  const { test: registry } = cleaned;
  await registry.put(rawService("root", { uid: "uid-other" }));
  await registry.put(rawService("child", { ownerReferences: [owner("root")] }));
  await untilGone(registry, "child");
});

test("owners of kinds that aren't served here are left alone", async () => {
  await using cleaned = await cleaning();
  const { test: registry } = cleaned;
  await registry.put(
    rawService("child", { ownerReferences: [owner("x", { apiVersion: "apps/v1", kind: "Deployment" })] }),
  );
  await registry.put(rawService("root"));
  await registry.put(rawService("other", { ownerReferences: [owner("root")] }));
  await registry.remove(key("root"));
  await untilGone(registry, "other");
  assert.ok(registry.registry.stored(key("child")));
});

test("what a stopped process left undone is done at the next start", async () => {
  await using cleaned = await cleaning(async (registry) => {
    await registry.put(rawService("child", { ownerReferences: [owner("gone")] }));
  });
  await untilGone(cleaned.test, "child");
});

test("Orphan: dependents stay and forget their owner, then it goes", async () => {
  await using cleaned = await cleaning();
  const { test: registry } = cleaned;
  await registry.put(rawService("root"));
  await registry.put(rawService("child", { ownerReferences: [owner("root")] }));
  await registry.put(dyingObject(rawService("root"), NOW, ["orphan"]));
  await untilGone(registry, "root");
  const child = registry.registry.stored(key("child"));
  assert.ok(child);
  assert.equal(decodeObject(child.json).metadata.ownerReferences, undefined);
});

test("Foreground: an owner waits for the dependents that block it, also for their finalizers", async () => {
  await using cleaned = await cleaning();
  const { test: registry } = cleaned;
  const blocked = { ownerReferences: [owner("root", { blockOwnerDeletion: true })], finalizers: ["example.com/hold"] };
  await registry.put(rawService("root"));
  await registry.put(rawService("child", blocked));
  await registry.put(dyingObject(rawService("root"), NOW, ["foregroundDeletion"]));
  const child = () => registry.registry.stored(key("child"));
  await waitFor("the child to be dying", () => {
    const stored = child();
    return stored && decodeObject(stored.json).metadata.deletionTimestamp !== undefined;
  });
  assert.ok(registry.registry.stored(key("root")));
  await registry.remove(key("child"));
  await untilGone(registry, "root");
});

test("Foreground and Orphan: what others write in their namespaces holds up nobody's object, and stays as it is", async () => {
  await using cleaned = await cleaning();
  const { test: registry, notes } = cleaned;
  const blocking = {
    namespace: "pay",
    ownerReferences: [owner("root", { blockOwnerDeletion: true })],
    finalizers: ["example.com/hold"],
  };
  await registry.put(rawService("root"));
  // Is taken away, since it has no owner there, and waits for its finalizer.
  await registry.put(rawService("squatter", blocking));
  await registry.put(dyingObject(rawService("root"), NOW, ["foregroundDeletion"]));
  await untilGone(registry, "root");
  await registry.put(rawService("root"));
  await registry.put(dyingObject(rawService("root"), NOW, ["orphan"]));
  await untilGone(registry, "root");
  const squatter = registry.registry.stored("HybridService/pay/squatter");
  assert.ok(squatter);
  assert.deepEqual(decodeObject(squatter.json).metadata.ownerReferences, blocking.ownerReferences);
  assert.ok(notes.includes("delete root") && !notes.some((note) => note === "delete squatter"));
});

test("a namespace goes after all that is in it", async () => {
  await using cleaned = await cleaning();
  const { test: registry } = cleaned;
  await registry.put(rawNamespace("shop"));
  await registry.put(rawService("a"));
  await registry.put(rawService("held", { finalizers: ["example.com/hold"] }));
  await registry.put(dyingObject(rawNamespace("shop"), NOW, ["landbridge.dev/content"]));
  await untilGone(registry, "a");
  assert.ok(registry.registry.stored("Namespace//shop"));
  await registry.remove(key("held"));
  await waitFor("the namespace to go", () => registry.registry.stored("Namespace//shop") === undefined);
});
