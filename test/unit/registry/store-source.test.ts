import assert from "node:assert/strict";
import { test } from "node:test";
import { parse as parseYaml } from "yaml";
import { equal } from "../../../src/lib/equal.ts";
import { decodeObject } from "../../../src/registry/json.ts";
import { bornObject, changedObject } from "../../../src/registry/lifecycle.ts";
import { StoreSource } from "../../../src/registry/store-source.ts";
import { service, serviceKey, testConfigSource } from "../../support/config-source-contract.ts";
import { rawService, TestRegistry } from "../../support/test-registry.ts";
import { UpdateLog } from "../../support/update-log.ts";

async function put(registry: TestRegistry, key: string, yaml: string): Promise<void> {
  const object = parseYaml(yaml);
  const stored = registry.registry.stored(key);
  const before = stored && decodeObject(stored.json);
  const { name, namespace } = object.metadata;
  const next = before
    ? changedObject(before, object)
    : bornObject(object, { name, namespace, uid: `uid-${name}`, now: "2026-01-01T00:00:00Z" });
  if (!equal(next, before)) await registry.put(next);
}

testConfigSource("the store", async () => {
  const registry = await TestRegistry.open();
  return {
    source: new StoreSource(registry.store),
    put: (key, yaml) => put(registry, key, yaml),
    remove: (key) => registry.remove(key),
    close: () => registry[Symbol.asyncDispose](),
  };
});

test("an object that this version can't read isn't served, and a Problem says why", async () => {
  await using registry = await TestRegistry.open();
  await put(registry, serviceKey("good"), service("good"));
  await registry.put({ ...rawService("bad"), spec: { port: -1 } });
  const log = new UpdateLog(new StoreSource(registry.store));
  await log.until("first update", () => true);
  assert.deepEqual(log.upsertsSince(0), [serviceKey("good")]);
  assert.deepEqual([...new Set(log.problems.map(({ object }) => object))], [serviceKey("bad")]);
  await registry.remove(serviceKey("bad"));
  await log.until("no problem", () => log.problems.length === 0);
  await log.stop();
});
