/** Whatever is wrong in one place, the rest goes on, and what was good there before keeps serving. */
import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { startEcho, type TestServer } from "../support/echo-server.ts";
import { RunningEstate } from "../support/running-estate.ts";
import { serviceYaml } from "../support/test-estate.ts";

interface BadInput {
  readonly what: string;
  /** Replaces shop.yaml, which was good before. */
  readonly text: (good: string) => string | Uint8Array;
  readonly code: string;
}

const CASES: readonly BadInput[] = [
  { what: "YAML that doesn't parse", text: (good) => `${good}\n---\nkind: [\n`, code: "LB1001" },
  { what: "a duplicate key", text: (good) => good.replace("spec:\n", "spec:\n  type: Static\n"), code: "LB1003" },
  { what: "an alias bomb", text: (good) => `${good}\n---\n${aliasBomb()}`, code: "LB1004" },
  {
    what: "__proto__ as a key",
    text: (good) => good.replace("  port: 80", "  __proto__: { port: 80 }\n  port: 80"),
    code: "LB1007",
  },
  { what: "a 20 MB file", text: (good) => `${good}\n# ${"x".repeat(20_000_000)}\n`, code: "LB1408" },
  { what: "an unknown kind", text: (good) => good.replace("kind: HTTPRoute", "kind: HTTPRout"), code: "LB1010" },
  { what: "an unknown field", text: (good) => good.replace("backendRefs:", "backendRef:"), code: "LB1101" },
  { what: "a value of the wrong type", text: (good) => good.replace("port: 80", "port: eighty"), code: "LB1102" },
  { what: "a negative weight", text: (good) => good.replace("weight: 1 ", "weight: -1 "), code: "LB1105" },
  { what: "NaN as a weight", text: (good) => good.replace("weight: 1 ", "weight: .nan "), code: "LB1102" },
  { what: "weights that are all zero", text: (good) => good.replace("weight: 1 ", "weight: 0 "), code: "LB1344" },
  { what: "a hostname in upper case", text: (good) => good.replace("[ shop.test ]", "[ Shop.test ]"), code: "LB1203" },
  { what: "a hostname in Unicode", text: (good) => good.replace("[ shop.test ]", "[ läden.test ]"), code: "LB1204" },
  {
    what: "a file that ends in the middle",
    text: (good) => good.slice(0, good.indexOf("hostnames") + 5),
    code: "LB1001",
  },
  {
    what: "bytes that are no UTF-8",
    text: (good) => Buffer.concat([Buffer.from(good), Buffer.from([0xff, 0xfe])]),
    code: "LB1409",
  },
];

function aliasBomb(): string {
  const levels = Array.from({ length: 12 }, (_, i) => `l${i + 1}: &l${i + 1} [${Array(10).fill(`*l${i}`).join(", ")}]`);
  return `l0: &l0 x\n${levels.join("\n")}\n`;
}

describe("bad input", () => {
  let shop: TestServer;
  let other: TestServer;
  let estate: RunningEstate;
  let good = "";

  before(async () => {
    shop = await startEcho("shop");
    other = await startEcho("other");
    good = serviceYaml("shop", "shop.test", { vm: { port: shop.port, weight: 1 } });
    estate = await RunningEstate.start({ "shop.yaml": good });
  });
  after(async () => {
    await estate[Symbol.asyncDispose]();
    await shop.close();
    await other.close();
  });

  afterEach(async () => {
    estate.write("shop.yaml", good);
    for (const name of ["twin.yaml", "lost.yaml", "far.yaml", "grant.yaml"]) estate.remove(name);
    await estate.untilNoProblems();
  });

  for (const [index, { what, text, code }] of CASES.entries()) {
    test(`${what}: named with its place; the last good version and everything else keep serving`, async () => {
      estate.write("shop.yaml", text(good));
      const problem = await estate.untilProblem(code);
      assert.equal(problem.position?.file, estate.path("shop.yaml"));
      assert.ok(problem.position.line >= 1 && problem.position.column >= 1);
      assert.ok(problem.message.length > 10);
      assert.equal((await estate.get("shop.test")).status, 200, "the last good version serves");
      const host = `other${index}.test`;
      estate.write("other.yaml", serviceYaml("other", host, { vm: { port: other.port, weight: 1 } }));
      await estate.untilAnswer(host, ({ status, body }) => status === 200 && body.includes('"other"'));
      assert.equal((await estate.get("shop.test")).status, 200);
    });
  }

  test("two objects of one name in two files: the one that serves stays, and both places are named", async () => {
    estate.write("twin.yaml", serviceYaml("shop", "twin.test", { vm: { port: other.port, weight: 1 } }));
    const problem = await estate.untilProblem("LB1410");
    assert.match(problem.message, /shop\.yaml/);
    assert.equal(problem.position?.file, estate.path("twin.yaml"));
    assert.equal((await estate.get("shop.test")).status, 200);
    assert.equal((await estate.get("twin.test")).status, 404);
  });

  test("a reference to nothing: 500 for that route as the specification has it, and a condition that names it", async () => {
    estate.write(
      "lost.yaml",
      serviceYaml("lost", "lost.test", { vm: { port: 1, weight: 1 } }).replace(
        /kind: HybridService, name: lost/,
        "kind: HybridService, name: nobody",
      ),
    );
    await estate.untilAnswer("lost.test", ({ status }) => status === 500);
    const problem = await estate.untilProblem("LB2001");
    assert.match(problem.message, /HybridService shop\/nobody does not exist/);
    assert.equal(estate.condition("HTTPRoute/shop/lost", "ResolvedRefs")?.reason, "BackendNotFound");
    assert.equal((await estate.get("shop.test")).status, 200);
  });

  test("a reference across namespaces without a ReferenceGrant: 500, and 200 once it is granted", async () => {
    estate.write(
      "far.yaml",
      serviceYaml("far", "far.test", { vm: { port: other.port, weight: 1 } })
        .replace("kind: HybridService, name: far }", "kind: HybridService, name: shop, namespace: shop }")
        .replace(
          "kind: HTTPRoute\nmetadata: { name: far, namespace: shop }",
          "kind: HTTPRoute\nmetadata: { name: far, namespace: elsewhere }",
        ),
    );
    await estate.untilAnswer("far.test", ({ status }) => status === 500);
    await estate.untilProblem("LB2002");
    estate.write(
      "grant.yaml",
      "apiVersion: gateway.networking.k8s.io/v1\nkind: ReferenceGrant\nmetadata: { name: g, namespace: shop }\nspec:\n  from: [ { group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: elsewhere } ]\n  to: [ { group: landbridge.dev, kind: HybridService } ]\n",
    );
    await estate.untilAnswer("far.test", ({ status }) => status === 200);
    estate.remove("grant.yaml");
    await estate.untilAnswer("far.test", ({ status }) => status === 500);
  });

  test("something that only Envoy finds wrong: the route keeps its last good form, and its status has Envoy's words", async () => {
    // RE2 takes it; Envoy's bound on the size of a compiled expression doesn't.
    const match = "  - matches: [ { path: { type: RegularExpression, value: '/\\pL{900}' } } ]\n    backendRefs:";
    estate.write("shop.yaml", good.replace("  - backendRefs:", match));
    const problem = await estate.untilProblem("LB3001");
    assert.match(problem.message, /regex/i);
    assert.equal(problem.object, "HTTPRoute/shop/shop");
    const programmed = estate.condition("HTTPRoute/shop/shop", "Programmed");
    assert.equal(programmed?.status, "False");
    assert.match(programmed?.message ?? "", /regex/i);
    assert.equal((await estate.get("shop.test")).status, 200);
  });
});
