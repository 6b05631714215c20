import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ConfigSource } from "../../src/config/source.ts";
import type { ObjectKey } from "../../src/model/keys.ts";
import { UpdateLog } from "./update-log.ts";

/** What a test needs to make of one implementation. */
export interface SourceHarness {
  readonly source: ConfigSource;
  /** Stores one object, given as YAML; the same name replaces it. */
  put(key: ObjectKey, yaml: string): Promise<void>;
  remove(key: ObjectKey): Promise<void>;
  close(): Promise<void>;
}

export function service(name: string, port = 80, labels = "{}"): string {
  return `apiVersion: landbridge.dev/v1alpha1
kind: HybridService
metadata: { name: ${name}, namespace: shop, labels: ${labels} }
spec:
  port: ${port}
  backends:
  - { name: vm, platform: datacenter, service: ${name} }
  split: [ { backend: vm, weight: 100 } ]
`;
}

export function serviceKey(name: string): ObjectKey {
  return `HybridService/shop/${name}`;
}

/** The promises of ConfigSource, for each implementation. */
export function testConfigSource(name: string, start: () => Promise<SourceHarness>): void {
  describe(`${name} keeps the promises of a ConfigSource`, () => {
    const promise = (title: string, body: (harness: SourceHarness, log: UpdateLog) => Promise<void>) =>
      test(title, async () => {
        const harness = await start();
        await harness.put(serviceKey("a"), service("a"));
        await harness.put(serviceKey("b"), service("b"));
        const log = new UpdateLog(harness.source);
        try {
          await log.until("first update", () => true);
          await body(harness, log);
        } finally {
          await log.stop();
          await harness.close();
        }
      });

    promise("the first update is everything there is", async (_, log) => {
      assert.deepEqual(log.upsertsSince(0).sort(), [serviceKey("a"), serviceKey("b")]);
      assert.equal(log.updates.length, 1);
      assert.deepEqual(log.problems, []);
    });

    promise("each object says where it is from, and its generation", async (_, log) => {
      const a = log.objects.get(serviceKey("a"));
      assert.ok(a?.origin.source);
      assert.equal(a.resource.metadata.generation, 1);
    });

    promise("an addition brings that object only", async (harness, log) => {
      await harness.put(serviceKey("c"), service("c"));
      await log.until("c is there", () => log.objects.has(serviceKey("c")));
      assert.deepEqual(log.upsertsSince(1), [serviceKey("c")]);
    });

    promise("an edit brings that object only, one generation on", async (harness, log) => {
      await harness.put(serviceKey("a"), service("a", 81));
      await log.until("a changed", () => log.upsertsSince(1).length > 0);
      assert.deepEqual(log.upsertsSince(1), [serviceKey("a")]);
      assert.equal(log.objects.get(serviceKey("a"))?.resource.metadata.generation, 2);
    });

    promise("a change of metadata keeps the generation", async (harness, log) => {
      await harness.put(serviceKey("a"), service("a", 80, "{ team: blue }"));
      await log.until("a changed", () => log.upsertsSince(1).length > 0);
      const { metadata } = log.objects.get(serviceKey("a"))?.resource ?? assert.fail("a is gone");
      assert.deepEqual({ ...metadata.labels }, { team: "blue" });
      assert.equal(metadata.generation, 1);
    });

    promise("writing what is there already is no update", async (harness, log) => {
      await harness.put(serviceKey("a"), service("a"));
      await harness.put(serviceKey("b"), service("b", 81));
      await log.until("b changed", () => log.upsertsSince(1).length > 0);
      assert.deepEqual(log.upsertsSince(1), [serviceKey("b")]);
    });

    promise("a removal brings the key", async (harness, log) => {
      await harness.remove(serviceKey("b"));
      await log.until("b is gone", () => !log.objects.has(serviceKey("b")));
      assert.deepEqual(log.removalsSince(1), [serviceKey("b")]);
      assert.deepEqual(log.upsertsSince(1), []);
    });

    promise("after the signal nothing is delivered", async (harness, log) => {
      await log.stop();
      const { length } = log.updates;
      await harness.put(serviceKey("c"), service("c"));
      assert.equal(log.updates.length, length);
    });
  });
}
