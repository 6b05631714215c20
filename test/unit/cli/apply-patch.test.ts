import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Fields, isFields, mergePatch, threeWayPatch } from "../../../src/cli/apply/json-diff.ts";
import { applyPatch, LAST_APPLIED, withLastApplied } from "../../../src/cli/apply/last-applied.ts";
import { equal } from "../../../src/lib/equal.ts";

/** RFC 7386, section 2. */
function patched(target: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch;
  const result: Record<string, unknown> = isFields(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = patched(result[key], value);
  }
  return result;
}

const key = fc.constantFrom("a", "b", "c", "d");
const { fields } = fc.letrec<{ fields: Fields; value: unknown }>((tie) => ({
  fields: fc.dictionary(key, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.integer({ min: 0, max: 3 }),
    fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 2 }),
    tie("fields"),
  ),
}));

function leaves(value: unknown, path: readonly string[] = []): [readonly string[], unknown][] {
  return isFields(value) && Object.keys(value).length > 0
    ? Object.entries(value).flatMap(([name, field]) => leaves(field, [...path, name]))
    : [[path, value]];
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => (isFields(inner) ? inner[name] : undefined), value);
}

test("a merge patch makes the one value of the other", () => {
  fc.assert(
    fc.property(fields, fields, (from, to) => {
      assert.ok(equal(patched(from, mergePatch(from, to)), to));
    }),
  );
});

test("applying gives what the file says, takes out what it no longer says, keeps what others added, and is done after once", () => {
  fc.assert(
    fc.property(fields, fields, fields, (last, wanted, live) => {
      const after = patched(live, threeWayPatch(last, wanted, live));
      for (const [path, value] of leaves(wanted)) {
        // An empty map in the file is there too, with whatever others have in it.
        const found = at(after, path);
        assert.ok(isFields(value) && Object.keys(value).length === 0 ? isFields(found) : equal(found, value));
      }
      for (const name of Object.keys(last)) if (!(name in wanted)) assert.equal(at(after, [name]), undefined);
      for (const name of Object.keys(live))
        if (!(name in wanted) && !(name in last)) assert.ok(equal(at(after, [name]), live[name]));
      assert.deepEqual(threeWayPatch(wanted, wanted, after as Fields), {});
    }),
  );
});

const SERVICE = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "web", namespace: "shop", labels: { b: "<&>", a: "1" } },
  spec: { ports: [{ port: 80, name: "x" }] },
};

test("what was applied is remembered in the very bytes of kubectl", () => {
  // As kubectl writes it at the apply of the same object.
  const theirs =
    '{"apiVersion":"v1","kind":"Service","metadata":{"annotations":{},"labels":{"a":"1","b":"\\u003c\\u0026\\u003e"},' +
    '"name":"web","namespace":"shop"},"spec":{"ports":[{"name":"x","port":80}]}}\n';
  assert.equal(withLastApplied(SERVICE).metadata.annotations?.[LAST_APPLIED], theirs);
  const status = { conditions: [] };
  assert.deepEqual(withLastApplied({ ...SERVICE, status }), withLastApplied(SERVICE));
});

test("of a Secret only the names of its entries are remembered, and an entry that is taken out goes", () => {
  const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "s" } };
  const applied = withLastApplied({ ...secret, stringData: { a: "hush", b: "hushhush" } });
  const annotation = applied.metadata.annotations?.[LAST_APPLIED] ?? "";
  assert.doesNotMatch(annotation, /hush|aHVza/);
  assert.deepEqual(JSON.parse(annotation).data, { a: "", b: "" });
  const again = applyPatch({ ...secret, stringData: { a: "hush", b: "hushhush" } }, applied);
  assert.deepEqual(again, {});
  const without = applyPatch({ ...secret, stringData: { a: "hush" } }, applied);
  assert.deepEqual(without.data, { b: null });
});
