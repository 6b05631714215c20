import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LayeredObjects } from "../../../src/config/merged/layered-objects.ts";
import type { SourcedResource } from "../../../src/config/source.ts";
import type { AnyResource } from "../../../src/model/kinds.ts";
import { keyOf } from "../../../src/model/metadata.ts";
import { parse } from "../../../src/model/parse.ts";
import { service, serviceKey } from "../../support/config-source-contract.ts";

const NAMES = ["the built-in objects", "the directory", "the store"];

const [template] = parse(service("a"), "a.yaml").objects;

function sourced(name: string, layer: number): SourcedResource {
  assert.ok(template);
  const resource = { ...template.resource, metadata: { ...template.resource.metadata, name } } as AnyResource;
  return { resource, origin: { source: NAMES[layer] ?? "" } };
}

const stepArbitrary = fc.oneof(
  { weight: 4, arbitrary: fc.record({ layer: fc.nat(2), name: fc.constantFrom("a", "b", "c"), put: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant("settle" as const) },
);

test("whatever the order of changes, what is served follows precedence, and the changes add up to it", () => {
  fc.assert(
    fc.property(fc.array(stepArbitrary, { maxLength: 40 }), (steps) => {
      const objects = new LayeredObjects(NAMES);
      const layers = NAMES.map(() => new Map<string, SourcedResource>());
      const received = new Map<string, SourcedResource>();
      for (const step of [...steps, "settle" as const]) {
        if (step !== "settle") {
          const { layer, name, put } = step;
          const given = sourced(name, layer);
          if (put) layers[layer]?.set(serviceKey(name), given);
          else layers[layer]?.delete(serviceKey(name));
          objects.apply(
            layer,
            put ? { upserts: [given], removals: [] } : { upserts: [], removals: [serviceKey(name)] },
          );
          continue;
        }
        const { upserts, removals } = objects.settle();
        for (const key of removals) assert.ok(received.delete(key), `${key} is removed but was never there`);
        for (const upsert of upserts) {
          assert.notEqual(received.get(keyOf(upsert.resource)), upsert, "nothing is told twice");
          received.set(keyOf(upsert.resource), upsert);
        }
        const expected = new Map([...layers].reverse().flatMap((layer) => [...layer]));
        assert.deepEqual(new Map([...received].sort()), new Map([...expected].sort()));
        for (const [key, each] of expected) assert.equal(objects.serving(key), each);
        const hidden = layers.reduce((sum, layer) => sum + layer.size, 0) - expected.size;
        assert.equal(objects.problems().length, hidden);
      }
    }),
  );
});

test("a change of one object looks at that one, however many there are", () => {
  let looks = 0;
  const counted = (name: string, layer: number): SourcedResource => {
    const { resource, origin } = sourced(name, layer);
    const { metadata } = resource;
    const look = () => {
      looks++;
      return metadata;
    };
    const watched = Object.defineProperty({ ...resource }, "metadata", { get: look });
    return { resource: watched as AnyResource, origin };
  };
  const costAmong = (count: number): number => {
    const objects = new LayeredObjects(NAMES);
    const all = (layer: number) => Array.from({ length: count }, (_, index) => counted(`s${index}`, layer));
    objects.apply(1, { upserts: all(1), removals: [] });
    objects.apply(2, { upserts: all(2), removals: [] });
    objects.settle();
    looks = 0;
    objects.apply(2, { upserts: [counted("s7", 2)], removals: [] });
    objects.apply(1, { upserts: [], removals: [serviceKey("s7")] });
    assert.equal(objects.settle().upserts.length, 1);
    return looks;
  };
  assert.equal(costAmong(2000), costAmong(20));
});
