import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareEntries, type RankedEntry } from "../../../src/compiler/routing/precedence.ts";
import { match, route } from "../../support/routing-values.ts";

const fail = { kind: "fail", status: 500, reason: "" } as const;

/** Few values, so that ties are common at every step. */
const entry: fc.Arbitrary<RankedEntry> = fc
  .record({
    hostname: fc.constantFrom("a.example.com", "*.example.com", "*"),
    path: fc.record({
      kind: fc.constantFrom("exact" as const, "regex" as const, "prefix" as const),
      value: fc.constantFrom("/", "/a", "/a/"),
    }),
    method: fc.constantFrom(undefined, "GET"),
    headers: fc.integer({ min: 0, max: 2 }),
    queryParams: fc.integer({ min: 0, max: 2 }),
    created: fc.constantFrom(0, 1, 2),
    route: fc.constantFrom("a/z", "b/a"),
    rule: fc.integer({ min: 0, max: 1 }),
    match: fc.integer({ min: 0, max: 1 }),
  })
  .map(({ path, method, headers, queryParams, ...rank }) => {
    const values = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ name: `n${index}`, kind: "exact" as const, value: "v" }));
    const on = match(path, { method, headers: values(headers), queryParams: values(queryParams) });
    return { ...rank, entry: route(on, fail) };
  });

test("the order of routes doesn't depend on the order in which they come", () => {
  const key = ({ entry: { match: on }, ...rank }: RankedEntry) => JSON.stringify({ ...rank, on });
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 12 }), (entries) => {
      const sorted = [...entries].sort(compareEntries);
      const reversed = [...entries].reverse().sort(compareEntries);
      // A trailing slash of a prefix doesn't count, so those two may change places.
      const plain = (list: readonly RankedEntry[]) => list.map((item) => key(item).replace('"/a/"', '"/a"'));
      assert.deepEqual(plain(reversed), plain(sorted));
    }),
  );
});

test("what comes first in the specification's list decides whatever follows", () => {
  const ranked = (more: Partial<RankedEntry>, on = match("/a")): RankedEntry => ({
    hostname: "*.example.com",
    created: 2,
    route: "b/b",
    rule: 1,
    match: 1,
    ...more,
    entry: route(on, fail),
  });
  const one = [{ name: "x", kind: "exact", value: "1" }] as const;
  // Each of these beats all after it, although those are better in what counts less.
  const order = [
    ranked({ hostname: "a.example.com" }, match("/")),
    ranked({}, match({ kind: "exact", value: "/" })),
    ranked({}, match("/a/longer")),
    ranked({}, match("/a", { method: "GET" })),
    ranked({}, match("/a", { headers: one })),
    ranked({}, match("/a", { queryParams: one })),
    ranked({ created: 1 }),
    ranked({ route: "a/z" }),
    ranked({ rule: 0 }),
    ranked({ match: 0 }),
    ranked({}),
  ];
  assert.deepEqual([...order].reverse().sort(compareEntries), order);
});
