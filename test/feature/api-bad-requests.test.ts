/** Paths, queries, names and versions that are wrong: refused with a Status that says why, and nothing is done. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ApiEstate } from "../support/api-estate.ts";
import { manifest, secret, service } from "../support/api-objects.ts";
import { assertRefused, RefusingEstate, SERVICES } from "../support/refusals.ts";

let estate: ApiEstate;
let refusing: RefusingEstate;

before(async () => {
  estate = await ApiEstate.start();
  refusing = await RefusingEstate.in(estate);
});
after(() => estate[Symbol.asyncDispose]());

const PATHS: readonly (readonly [request: string, outcome: string])[] = [
  ["GET /apis/../../etc/passwd", "400 BadRequest"],
  ["GET /apis/%2e%2e/%2e%2e/etc/passwd", "400 BadRequest"],
  ["GET /api/v1/namespaces/shop/../pay/secrets", "400 BadRequest"],
  ["GET /api/v1/namespaces/shop/./services", "400 BadRequest"],
  ["GET /api/v1/namespaces/shop%2f..%2fpay/services", "400 BadRequest"],
  ["GET /api/v1/namespaces/shop/services/a%2fb", "400 BadRequest"],
  ["GET /api/v1/namespaces/shop/services/%00", "400 BadRequest"],
  ["GET /api/v1/namespaces/shop/services/a%0d%0aset-cookie:x", "400 BadRequest"],
  ["GET /api/v1/namespaces/shop/services/%zz", "400 BadRequest"],
  ["GET /api/v1/namespaces/shop/services/%ff%fe", "400 BadRequest"],
  ["GET /api/v1/namespaces/shop/services/%c0%ae%c0%ae", "400 BadRequest"],
  ["GET /api/v1//namespaces", "400 BadRequest"],
  ["GET //api/v1/namespaces", "400 BadRequest"],
  ["GET /api/v1/namespaces/shop/services/%252e%252e", "404 NotFound"],
  [`GET /api/v1/namespaces/shop/services/${"a".repeat(5_000)}`, "404 NotFound"],
  ["GET /api/v1/namespaces/shop/services/kept;x=y", "404 NotFound"],
  ["GET /api/v1/namespaces/shop/services/KEPT", "404 NotFound"],
  ["GET /api/v1/pods", "404 NotFound"],
  ["GET /api/v2/namespaces", "404 NotFound"],
  ["GET /apis/nothing.example.com/v1/things", "404 NotFound"],
  ["GET /apis/gateway.networking.k8s.io/v9/httproutes", "404 NotFound"],
  ["GET /apis/constructor/v1/__proto__", "404 NotFound"],
  ["GET /openapi/v3/__proto__", "404 NotFound"],
  ["GET /openapi/v3/../v2", "400 BadRequest"],
  ["GET /landbridge/v1/nothing", "404 NotFound"],
  ["GET /api/v1/namespaces/shop/services/kept/log", "404 NotFound"],
  ["GET /api/v1/namespaces/shop/services/kept/status/more", "404 NotFound"],
  ["GET /api/v1/namespaces/shop/secrets/x/status", "404 NotFound"],
  ["GET /api/v1/services/kept", "400 BadRequest"],
  ["GET /api/v1/namespaces/shop/namespaces/pay", "404 NotFound"],
  ["DELETE /api/v1/namespaces/shop/namespaces/pay", "404 NotFound"],
  ["POST /api/v1/namespaces/shop/namespaces", "404 NotFound"],
  ["GET /apis/landbridge.dev/v1alpha1/namespaces/shop/platforms", "404 NotFound"],
  ["POST /api/v1/namespaces/shop/services/kept", "405 MethodNotAllowed"],
  ["PUT /api/v1/namespaces/shop/services", "405 MethodNotAllowed"],
  ["PATCH /api/v1/namespaces/shop/services", "405 MethodNotAllowed"],
  ["OPTIONS /api/v1/namespaces/shop/services", "405 MethodNotAllowed"],
  ["PROPFIND /api/v1/namespaces/shop/services", "405 MethodNotAllowed"],
  ["POST /api/v1/namespaces/shop/services/kept/status", "405 MethodNotAllowed"],
  ["DELETE /api/v1/namespaces/shop/services/kept/status", "405 MethodNotAllowed"],
  ["DELETE /api/v1/services", "405 MethodNotAllowed"],
  ["POST /api/v1/services", "400 BadRequest"],
  ["POST /api/v1/namespaces/shop/events", "405 MethodNotAllowed"],
  ["PUT /version", "404 NotFound"],
  ["DELETE /api/v1", "404 NotFound"],
];

for (const [request, outcome] of PATHS) {
  const [method = "", path = ""] = request.split(" ");
  test(`${method} ${path.slice(0, 70)}: ${outcome}`, async () => {
    await refusing.assertChangesNothing(async () => {
      const json = method === "GET" || method === "DELETE" ? {} : { json: service("shop", "kept") };
      assertRefused(await estate.fetch(path, { method, ...json }), outcome);
    });
  });
}

test("a HEAD is a GET without its body", async () => {
  const answer = await estate.fetch(`${SERVICES}/kept`, { method: "HEAD" });
  assert.deepEqual([answer.status, answer.text], [200, ""]);
});

const token = (value: unknown) =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

const QUERIES: readonly (readonly [query: string, outcome: string])[] = [
  ["limit=-1", "400 BadRequest"],
  ["limit=ten", "400 BadRequest"],
  ["limit=1e3", "400 BadRequest"],
  ["limit=99999999999999999999", "400 BadRequest"],
  ["resourceVersion=abc", "400 BadRequest"],
  ["resourceVersion=-1", "400 BadRequest"],
  ["resourceVersion=1e9", "400 BadRequest"],
  ["resourceVersion=0x1", "400 BadRequest"],
  ["resourceVersion=%201", "400 BadRequest"],
  ["resourceVersion=1000000000", "504 Timeout"],
  ["resourceVersion=1&resourceVersionMatch=Perhaps", "400 BadRequest"],
  ["resourceVersionMatch=Exact", "400 BadRequest"],
  ["resourceVersionMatch=Exact&resourceVersion=0", "400 BadRequest"],
  ["continue=abc", "400 BadRequest"],
  ["continue=%00%ff", "400 BadRequest"],
  [`continue=${token("null")}`, "400 BadRequest"],
  [`continue=${token("[]")}`, "400 BadRequest"],
  [`continue=${token({ rv: "1", start: "" })}`, "400 BadRequest"],
  [`continue=${token({ rv: -1, start: "" })}`, "400 BadRequest"],
  [`continue=${token({ rv: 1, start: { toString: 1 } })}`, "400 BadRequest"],
  [`continue=${token({ rv: 1e15, start: "" })}`, "504 Timeout"],
  [`continue=${"a".repeat(20_000)}`, "400 BadRequest"],
  ["labelSelector=a%20b", "400 BadRequest"],
  ["labelSelector=,,,", "400 BadRequest"],
  ["labelSelector=a+in+(", "400 BadRequest"],
  ["labelSelector=a%3E1e9", "400 BadRequest"],
  [`labelSelector=${"!".repeat(15_000)}`, "400 BadRequest"],
  [`labelSelector=${"a".repeat(15_000)}`, "400 BadRequest"],
  ["fieldSelector=__proto__%3Dx", "400 BadRequest"],
  ["fieldSelector=spec.nothing%3Dx", "400 BadRequest"],
  ["fieldSelector=metadata.name", "400 BadRequest"],
  [`fieldSelector=metadata.name%3D${"%5C".repeat(5_001)}`, "400 BadRequest"],
  ["watch=1&resourceVersion=abc", "400 BadRequest"],
  ["watch=1&timeoutSeconds=-1", "400 BadRequest"],
  ["watch=1&sendInitialEvents=true", "400 BadRequest"],
];

for (const [query, outcome] of QUERIES) {
  test(`a list with ${query.slice(0, 70)}: ${outcome}`, async () => {
    assertRefused(await estate.fetch(`${SERVICES}?${query}`), outcome);
  });
}

test("a page that nobody gave out shows what the client may see anyway, and no other kind", async () => {
  const { resourceVersion } = (await refusing.objects.list({ kind: "Service" })).metadata;
  for (const start of ["", "Secret/", "Service/pay/", "\u{10ffff}"]) {
    const made = token({ v: "meta.k8s.io/v1", rv: Number(resourceVersion), start });
    const page = await refusing.objects.list({ kind: "Service", namespace: "shop" }, `?continue=${made}`);
    for (const { kind, metadata } of page.items) assert.deepEqual([kind, metadata.namespace], ["Service", "shop"]);
  }
});

test("many values in a label selector are looked at quickly", async () => {
  const values = Array.from({ length: 4_000 }, (_, index) => `v${index}`).join();
  const started = performance.now();
  const answer = await estate.fetch(`${SERVICES}?labelSelector=a+in+(${values}),constructor,b+notin+(x)`);
  assert.equal(answer.status, 200);
  assert.deepEqual(answer.json().items, [], "no object has the label constructor");
  assert.ok(performance.now() - started < 1_000);
});

const NAMES = [
  "",
  " ",
  ".",
  "..",
  "a/b",
  "a\0b",
  "a\r\nb",
  "A",
  "a_b",
  "-a",
  "a-",
  "ä",
  "a".repeat(254),
  "%2f",
  "a%",
  "constructor.",
  "\ud800",
];

test("names that no object can have are refused, in every place where one is written", async () => {
  await refusing.assertChangesNothing(async () => {
    for (const name of NAMES) {
      assertRefused(await refusing.objects.create(service("shop", name)), "422 Invalid");
      assertRefused(await refusing.objects.create(manifest("Namespace", "", name)), "422 Invalid");
    }
  });
});

test("the object of a PUT and its URL have to agree, in name, namespace, kind and version", async () => {
  const put = (object: unknown, path = `${SERVICES}/kept`) => estate.fetch(path, { method: "PUT", json: object });
  await refusing.assertChangesNothing(async () => {
    assertRefused(await put(service("shop", "other")), "400 BadRequest");
    assertRefused(await put(service("pay", "kept")), "400 BadRequest");
    assertRefused(await put(secret("shop", "kept", {})), "400 BadRequest");
    assertRefused(await put({ ...service("shop", "kept"), apiVersion: "v2" }), "400 BadRequest");
    assertRefused(await put(service("shop", "none"), `${SERVICES}/none`), "404 NotFound");
    assertRefused(await put(service("nowhere", "kept"), "/api/v1/namespaces/nowhere/services/kept"), "404 NotFound");
  });
});

test("an update from a revision that isn't the newest, or is none at all, is refused", async () => {
  const kept = await refusing.objects.read({ kind: "Service", namespace: "shop", name: "kept" });
  for (const resourceVersion of [
    "1",
    "abc",
    "-1",
    "1e9",
    "0x10",
    `${kept.metadata.resourceVersion}.0`,
    ` ${kept.metadata.resourceVersion}`,
    "999999999",
  ]) {
    await refusing.assertChangesNothing(async () => {
      const metadata = { ...kept.metadata, resourceVersion, labels: { a: "b" } };
      assertRefused(await refusing.objects.update({ ...kept, metadata }), "409 Conflict");
      const place = { kind: "Service", namespace: "shop", name: "kept" };
      assertRefused(
        await refusing.objects.patch(place, { metadata: { resourceVersion, labels: { a: "b" } } }),
        "409 Conflict",
      );
      assertRefused(await refusing.objects.remove(place, { preconditions: { resourceVersion } }), "409 Conflict");
    });
  }
});

test("the options of a deletion are read before anything is deleted", async () => {
  await refusing.assertChangesNothing(async () => {
    const place = { kind: "Service", namespace: "shop", name: "kept" };
    assertRefused(await refusing.objects.remove(place, { propagationPolicy: "Sideways" }), "400 BadRequest");
    assertRefused(await refusing.objects.remove(place, { kind: "Service" }), "400 BadRequest");
    assertRefused(await refusing.objects.remove(place, { preconditions: { uid: "another" } }), "409 Conflict");
    assertRefused(await refusing.objects.remove(place, undefined, "?dryRun=Some"), "400 BadRequest");
    assertRefused(await refusing.objects.remove(place, { dryRun: "All" }), "400 BadRequest");
    assertRefused(await estate.fetch(`${SERVICES}?labelSelector=,`, { method: "DELETE" }), "400 BadRequest");
  });
});

test("nothing of all this was taken for a defect", () => refusing.assertNoDefect());
