/** Patches that are wrong, or ask for too much: nothing of them is done. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ApiEstate } from "../support/api-estate.ts";
import { outcomeOf, secret, service } from "../support/api-objects.ts";
import { assertRefused, RefusingEstate, SERVICES } from "../support/refusals.ts";

let estate: ApiEstate;
let refusing: RefusingEstate;

before(async () => {
  estate = await ApiEstate.start();
  refusing = await RefusingEstate.in(estate);
});
after(() => estate[Symbol.asyncDispose]());

type Patch = readonly [what: string, type: "json" | "merge" | "strategic-merge", patch: unknown, outcome: string];

const add = (path: string, value: unknown) => ({ op: "add", path, value });
const deep = (depth: number, leaf: unknown = 1): unknown => (depth === 0 ? leaf : { a: deep(depth - 1, leaf) });

const PATCHES: readonly Patch[] = [
  ["no patch", "merge", "text", "400 BadRequest"],
  ["a list", "merge", [], "400 BadRequest"],
  ["an object", "json", {}, "400 BadRequest"],
  ["an unknown operation", "json", [{ op: "steal", path: "/spec" }], "400 BadRequest"],
  ["a path that is none", "json", [add("spec", 1)], "400 BadRequest"],
  ["a path into nothing", "json", [add("/spec/a/b", 1)], "422 Invalid"],
  ["a path to a prototype", "json", [add("/metadata/__proto__/isAdmin", true)], "400 BadRequest"],
  ["a path to a constructor", "json", [add("/constructor/prototype/isAdmin", true)], "422 Invalid"],
  ["a copy from a prototype", "json", [{ op: "copy", from: "/__proto__", path: "/spec" }], "400 BadRequest"],
  [
    "a test that fails at the end",
    "json",
    [add("/metadata/labels", { a: "b" }), { op: "test", path: "/kind", value: "X" }],
    "422 Invalid",
  ],
  ["the removal of everything", "json", [{ op: "remove", path: "" }], "422 Invalid"],
  ["nothing in its place", "json", [{ op: "replace", path: "", value: null }], "400 BadRequest"],
  ["another name", "json", [add("/metadata/name", "other")], "400 BadRequest"],
  ["another namespace", "merge", { metadata: { namespace: "pay" } }, "400 BadRequest"],
  ["another kind", "merge", { kind: "Secret" }, "400 BadRequest"],
  ["no metadata", "merge", { metadata: null }, "400 BadRequest"],
  [
    "a wrong value beside a right one",
    "merge",
    { metadata: { labels: { a: "b" } }, spec: { ports: [{ port: -1 }] } },
    "422 Invalid",
  ],
  [
    "copies of copies",
    "json",
    [
      add("/metadata/annotations", { a: "x".repeat(1_000) }),
      ...Array.from({ length: 40 }, (_, index) => ({ op: "copy", from: "/metadata", path: `/metadata/x${index}` })),
    ],
    "413 RequestEntityTooLarge",
  ],
  [
    "a list that grows at its front",
    "json",
    [add("/spec/ports", Array(20_000).fill(1)), ...Array.from({ length: 9_000 }, () => add("/spec/ports/0", 1))],
    "413 RequestEntityTooLarge",
  ],
  [
    "20,000 operations",
    "json",
    Array.from({ length: 20_000 }, () => add("/metadata/labels", {})),
    "413 RequestEntityTooLarge",
  ],
  [
    "what becomes too deep",
    "json",
    [add("/metadata/annotations", deep(150)), add(`/metadata/annotations${"/a".repeat(150)}`, deep(150))],
    "422 Invalid",
  ],
  ["an unknown directive", "strategic-merge", { $patch: "steal" }, "400 BadRequest"],
  ["an entry without its key", "strategic-merge", { spec: { ports: [{ name: "x" }] } }, "400 BadRequest"],
  ["$retainKeys that is no list", "strategic-merge", { spec: { $retainKeys: 1 } }, "400 BadRequest"],
];

for (const [what, type, patch, outcome] of PATCHES) {
  test(`a ${type} patch with ${what}: ${outcome}, and nothing of it is done`, async () => {
    await refusing.assertChangesNothing(async () => {
      const place = { kind: "Service", namespace: "shop", name: "kept" };
      const started = performance.now();
      assertRefused(await refusing.objects.patch(place, patch, `${type}-patch`), outcome);
      assert.ok(performance.now() - started < 5_000, "others don't wait for it");
      assert.equal(({} as Record<string, unknown>).isAdmin, undefined, "no prototype was changed");
    });
  });
}

test("__proto__ in the text of a patch pollutes nothing, of whatever type", async () => {
  const patch =
    '{"metadata":{"annotations":{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}}}}}';
  for (const type of ["merge", "strategic-merge"]) {
    await refusing.assertChangesNothing(async () => {
      const init = {
        method: "PATCH",
        body: patch,
        headers: { "content-type": `application/${type}-patch+json` },
      };
      assertRefused(await estate.fetch(`${SERVICES}/kept`, init), "400 BadRequest");
    });
  }
  assert.equal(({} as Record<string, unknown>).isAdmin, undefined);
});

test("fields with the names of what every object inherits are fields like others", async () => {
  const place = { kind: "Service", namespace: "shop", name: "odd" };
  const names = { constructor: "a", toString: "b", hasOwnProperty: "c" };
  await refusing.objects.make(service("shop", { name: "odd", labels: names, annotations: names }));
  assert.deepEqual((await refusing.objects.read(place)).metadata.labels, names);
  const patched = await refusing.objects.patch(place, {
    metadata: { annotations: { constructor: null, toString: "d" } },
  });
  assert.equal(patched.status, 200);
  assert.deepEqual((await refusing.objects.read(place)).metadata.annotations, { toString: "d", hasOwnProperty: "c" });
  await refusing.objects.remove(place);
});

test("an object grows by no number of patches beyond what one may have", async () => {
  await refusing.objects.make(secret("shop", "large", {}));
  const place = { kind: "Secret", namespace: "shop", name: "large" };
  const outcomes: string[] = [];
  for (let index = 0; index < 4; index += 1) {
    const data = { [`k${index}`]: Buffer.alloc(400_000).toString("base64") };
    outcomes.push(outcomeOf(await refusing.objects.patch(place, { data })));
  }
  assert.deepEqual(outcomes, ["200", "200", "413 RequestEntityTooLarge", "413 RequestEntityTooLarge"]);
  assert.deepEqual(Object.keys((await refusing.objects.read(place)).data as object), ["k0", "k1"]);
  await refusing.objects.remove(place);
});

test("nothing of all this was taken for a defect", () => refusing.assertNoDefect());
