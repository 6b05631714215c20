import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { ListStrategy } from "../../../src/api/patch/list-strategy.ts";
import { applyStrategicMergePatch } from "../../../src/api/patch/strategic-merge-patch.ts";
import { patchStrategyOf } from "../../../src/model/patch-merge-keys.ts";

const STRATEGIES: Readonly<Record<string, ListStrategy>> = {
  ports: { mergeKey: "name", listMapKeys: ["name"] },
  "ports.env": { mergeKey: "key", listMapKeys: ["key"] },
  finalizers: "set",
};
const strategyOf = (path: readonly string[]): ListStrategy => STRATEGIES[path.join(".")] ?? "atomic";

/** The value, or the reason of the refusal. */
function patched(target: unknown, patch: unknown): unknown {
  const result = applyStrategicMergePatch(target, patch, strategyOf);
  return "problem" in result ? result.problem.reason : result.value;
}

const port = (name: string, number?: number) => ({ name, ...(number !== undefined && { number }) });

test("maps are merged, null deletes, and lists without a key are replaced", () => {
  const target = { a: { x: 1, y: 2 }, list: [1, 2], text: "t" };
  assert.deepEqual(patched(target, { a: { y: null, z: 3 }, list: [3], text: { now: "a map", not: null } }), {
    a: { x: 1, z: 3 },
    list: [3],
    text: { now: "a map" },
  });
});

test("entries of a list with a key are merged, added and deleted one by one", () => {
  const target = { ports: [port("http", 80), port("https", 443)] };
  assert.deepEqual(patched(target, { ports: [port("https", 8443)] }), {
    ports: [port("http", 80), port("https", 8443)],
  });
  assert.deepEqual(patched(target, { ports: [port("admin", 9)] }), {
    ports: [port("admin", 9), port("http", 80), port("https", 443)],
  });
  assert.deepEqual(patched(target, { ports: [{ name: "http", $patch: "delete" }] }), { ports: [port("https", 443)] });
  assert.deepEqual(patched(target, { ports: [{ $patch: "replace" }, port("only", 1)] }), { ports: [port("only", 1)] });
  assert.deepEqual(patched(target, { ports: [{ name: "http", $patch: "merge", number: 81 }] }), {
    ports: [port("http", 81), port("https", 443)],
  });
  assert.deepEqual(patched({}, { ports: [port("http", 80), { name: "x", $patch: "delete" }] }), {
    ports: [port("http", 80)],
  });
  const nested = { ports: [{ name: "http", env: [{ key: "a", v: 1 }] }] };
  assert.deepEqual(patched(nested, { ports: [{ name: "http", env: [{ key: "b", v: 2, none: null }] }] }), {
    ports: [
      {
        name: "http",
        env: [
          { key: "b", v: 2 },
          { key: "a", v: 1 },
        ],
      },
    ],
  });
});

test("lists of values are sets, and values can be taken out of them", () => {
  const target = { finalizers: ["a", "b"], other: [1, 2, 3] };
  assert.deepEqual(patched(target, { finalizers: ["c", "a"] }), { finalizers: ["c", "a", "b"], other: [1, 2, 3] });
  const deletion = { "$deleteFromPrimitiveList/finalizers": ["a", "x"], "$deleteFromPrimitiveList/other": [2] };
  assert.deepEqual(patched(target, deletion), { finalizers: ["b"], other: [1, 3] });
  assert.deepEqual(patched({}, deletion), {});
});

test("the order of a list follows $setElementOrder, and entries of others stay near where they were", () => {
  const target = { ports: [port("a"), port("mine"), port("b"), port("c")] };
  const order = [port("c"), port("b"), port("a")];
  assert.deepEqual(patched(target, { "$setElementOrder/ports": order }), {
    ports: [port("mine"), port("c"), port("b"), port("a")],
  });
  const changed = {
    "$setElementOrder/ports": [port("new"), port("a"), port("b")],
    ports: [port("new", 1), port("b", 2)],
  };
  assert.deepEqual(patched(target, changed), {
    ports: [port("new", 1), port("a"), port("mine"), port("b", 2), port("c")],
  });
  const finalizers = { "$setElementOrder/finalizers": ["b", "a"], finalizers: ["b"] };
  assert.deepEqual(patched({ finalizers: ["a"] }, finalizers), { finalizers: ["b", "a"] });
  assert.equal(patched(target, { ...changed, ports: [port("b"), port("new")] }), "BadRequest");
});

test("an empty $setElementOrder says nothing, and entries that share a key are all kept", () => {
  const target = { ports: [port("a", 1), port("b", 1)] };
  assert.deepEqual(patched(target, { "$setElementOrder/ports": [], ports: [port("b", 2)] }), {
    ports: [port("a", 1), port("b", 2)],
  });
  const twins = { ports: [port("a", 1), port("a", 2)] };
  assert.deepEqual(patched(twins, { ports: [port("a", 3)] }), { ports: [port("a", 3), port("a", 2)] });
});

test("$retainKeys drops everything else, and has to name what is set", () => {
  const target = { strategy: { type: "Rolling", rolling: { max: 1 } } };
  assert.deepEqual(patched(target, { strategy: { $retainKeys: ["type"], type: "Recreate" } }), {
    strategy: { type: "Recreate" },
  });
  assert.equal(patched(target, { strategy: { $retainKeys: ["type"], rolling: {} } }), "BadRequest");
});

test("$patch replaces or empties a map", () => {
  const target = { labels: { a: "1", b: "2" } };
  assert.deepEqual(patched(target, { labels: { $patch: "replace", c: "3", d: null } }), { labels: { c: "3" } });
  assert.deepEqual(patched(target, { labels: { $patch: "delete" } }), { labels: {} });
  assert.deepEqual(patched({}, { labels: { $patch: "delete" } }), {});
});

test("no directive stays in the object", () => {
  const inner = { $patch: "replace", $retainKeys: ["a"], "$setElementOrder/list": [], a: 1 };
  const patch = {
    fresh: { $retainKeys: ["a"], "$setElementOrder/list": [1], a: 1, list: [inner, { b: inner, c: null }] },
  };
  assert.deepEqual(patched({}, patch), { fresh: { a: 1, list: [{}] } });
});

test("malformed patches are bad requests", () => {
  const target = { ports: [port("http", 80)], finalizers: ["a"] };
  const bad = [
    null,
    [],
    { $patch: "explode" },
    { ports: [{ number: 1 }] },
    { ports: ["http"] },
    { ports: [{ name: { deep: 1 } }] },
    { $retainKeys: "a" },
    { "$setElementOrder/ports": {} },
    { "$deleteFromPrimitiveList/finalizers": "a" },
  ];
  for (const patch of bad) assert.equal(patched(target, patch), "BadRequest", JSON.stringify(patch));
});

test("the strategies of the kinds are asked by the path of names", () => {
  const service = { metadata: { finalizers: ["a/b"] }, spec: { ports: [{ port: 80, name: "http" }, { port: 443 }] } };
  const patch = { metadata: { finalizers: ["c/d"] }, spec: { ports: [{ port: 443, name: "https" }] } };
  const result = applyStrategicMergePatch(service, patch, (path) => patchStrategyOf("Service", path));
  assert.deepEqual(result, {
    value: {
      metadata: { finalizers: ["c/d", "a/b"] },
      spec: {
        ports: [
          { port: 80, name: "http" },
          { port: 443, name: "https" },
        ],
      },
    },
  });
});

test("nothing throws, the target stays as it is, prototypes too, and patching twice is patching once", () => {
  const entry = fc.record(
    { name: fc.constantFrom("a", "b", "c"), v: fc.nat(3), w: fc.option(fc.nat(3)) },
    { requiredKeys: ["name"] },
  );
  const field = fc.oneof(fc.uniqueArray(entry, { selector: ({ name }) => name, maxLength: 4 }), fc.jsonValue());
  const name = fc.constantFrom(
    "ports",
    "finalizers",
    "x",
    "$patch",
    "$retainKeys",
    "$setElementOrder/ports",
    "__proto__",
  );
  const object = fc.dictionary(name, field);
  fc.assert(
    fc.property(object, object, (target, patch) => {
      const before = JSON.stringify([target, patch]);
      patched(target, patch);
      assert.equal(JSON.stringify([target, patch]), before);
      assert.equal(({} as Record<string, unknown>).ports, undefined);
    }),
    { numRuns: 2000 },
  );
  const ports = fc.record({ ports: fc.uniqueArray(entry, { selector: (each) => each.name, maxLength: 4 }) });
  fc.assert(
    fc.property(ports, ports, (target, patch) => {
      const once = patched(target, patch);
      assert.deepEqual(patched(once, patch), once);
    }),
  );
});
