/** Bodies that are wrong: refused with a Status that says why, nothing of them is done, and others notice nothing. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ApiEstate } from "../support/api-estate.ts";
import { manifest, route, service, statusOf } from "../support/api-objects.ts";
import { assertRefused, JSON_TYPE, RefusingEstate, SERVICES } from "../support/refusals.ts";

let estate: ApiEstate;
let refusing: RefusingEstate;

before(async () => {
  estate = await ApiEstate.start();
  refusing = await RefusingEstate.in(estate);
});
after(() => estate[Symbol.asyncDispose]());

const bodyOf = (fields: string) => `{"apiVersion":"v1","kind":"Service","metadata":{"name":"new"},${fields}}`;

const BODIES: readonly (readonly [what: string, body: string | Uint8Array, outcome: string])[] = [
  ["nothing", "", "400 BadRequest"],
  ["spaces", "  \n ", "400 BadRequest"],
  ["no JSON", "{nonsense", "400 BadRequest"],
  ["JSON that ends too early", '{"apiVersion":"v1"', "400 BadRequest"],
  ["two objects", `${bodyOf('"spec":{}')}${bodyOf('"spec":{}')}`, "400 BadRequest"],
  ["a list", "[]", "400 BadRequest"],
  ["a number", "1", "400 BadRequest"],
  ["null", "null", "400 BadRequest"],
  ["an object of nothing", "{}", "400 BadRequest"],
  ["JSON 100,000 deep", "[".repeat(100_000) + "]".repeat(100_000), "400 BadRequest"],
  ["objects 100,000 deep", '{"a":'.repeat(100_000), "400 BadRequest"],
  ["a number without end", bodyOf('"spec":{"ports":[{"port":1e999}]}'), "400 BadRequest"],
  ["a number that loses digits", bodyOf('"spec":{"ports":[{"port":12345678901234567890}]}'), "400 BadRequest"],
  [
    "invalid UTF-8",
    Buffer.concat([Buffer.from('{"apiVersion":"v1","x":"'), Buffer.from([0xff, 0xfe, 0x22, 0x7d])]),
    "400 BadRequest",
  ],
  ["UTF-16", Buffer.from(bodyOf('"spec":{}'), "utf16le"), "400 BadRequest"],
  ["the key __proto__", bodyOf('"__proto__":{"isAdmin":true}'), "400 BadRequest"],
  ["the key __proto__ in disguise", bodyOf('"\\u005f_proto__":{"isAdmin":true}'), "400 BadRequest"],
  ["another kind", JSON.stringify(route("shop", "new", "a.example.com")), "400 BadRequest"],
  ["another version", bodyOf('"spec":{}').replace('"v1"', '"v7"'), "400 BadRequest"],
  ["another namespace", JSON.stringify(service("pay", "new")), "400 BadRequest"],
  ["no metadata", '{"apiVersion":"v1","kind":"Service"}', "400 BadRequest"],
  ["metadata that is text", '{"apiVersion":"v1","kind":"Service","metadata":"new"}', "400 BadRequest"],
  [
    "200,000 fields",
    bodyOf(Array.from({ length: 200_000 }, (_, index) => `"f${index}":1`).join()),
    "413 RequestEntityTooLarge",
  ],
  [
    "900,000 ports",
    bodyOf(`"spec":{"ports":[${Array<string>(900_000).fill("{}").join()}]}`),
    "413 RequestEntityTooLarge",
  ],
  [
    "29,000 unknown fields",
    bodyOf(Array.from({ length: 29_000 }, (_, index) => `"f${index}":1`).join()),
    "400 BadRequest",
  ],
  [
    "29,000 wrong labels",
    JSON.stringify(
      service("shop", {
        name: "new",
        labels: Object.fromEntries(Array.from({ length: 29_000 }, (_, index) => [`-${index}`, "x"])),
      }),
    ),
    "422 Invalid",
  ],
];

for (const [what, body, outcome] of BODIES) {
  test(`a body of ${what}: ${outcome}, soon, and nothing is made`, async () => {
    await refusing.assertChangesNothing(async () => {
      const started = performance.now();
      assertRefused(await refusing.post(SERVICES, body), outcome);
      assert.ok(performance.now() - started < 5_000, "others don't wait for it");
    });
  });
}

test("what is wrong with fields is told field by field, all of it at once", async () => {
  const wrong = manifest("HTTPRoute", "shop", "new", {
    spec: { hostnames: ["not a host"], rules: [{ backendRefs: [{ name: "web", port: 70_000, weight: -1 }] }] },
  });
  await refusing.assertChangesNothing(async () => {
    const answer = await refusing.objects.create(wrong);
    assertRefused(answer, "422 Invalid");
    const causes = statusOf(answer).details?.causes ?? [];
    assert.deepEqual(causes.map(({ field }) => field).sort(), [
      "spec.hostnames[0]",
      "spec.rules[0].backendRefs[0].port",
      "spec.rules[0].backendRefs[0].weight",
    ]);
    for (const { reason, message } of causes) assert.match(`${reason}: ${message}`, /^FieldValue\w+: .*LB\d{4}/);
  });
});

test("unknown fields: refused where it is strict, a warning by default, and otherwise left out; stored they are never", async () => {
  const odd = (name: string) => ({
    ...service("shop", name),
    colour: "red",
    spec: { ports: [{ port: 80, speed: 1 }] },
  });
  const strict = await refusing.objects.create(odd("strict"), "?fieldValidation=Strict");
  assertRefused(strict, "400 BadRequest");
  assert.match(
    strict.text,
    /strict decoding error: unknown field \\"spec\.ports\[0\]\.speed\\", unknown field \\"colour\\"/,
  );
  const warned = await refusing.objects.create(odd("warned"));
  assert.equal(warned.status, 201);
  assert.match(String(warned.headers.warning), /299 - "unknown field \\"colour\\""/);
  const ignored = await refusing.objects.create(odd("ignored"), "?fieldValidation=Ignore");
  assert.deepEqual([ignored.status, ignored.headers.warning], [201, undefined]);
  for (const name of ["warned", "ignored"]) {
    assert.doesNotMatch(
      (await refusing.objects.get({ kind: "Service", namespace: "shop", name })).text,
      /colour|speed/,
    );
    await refusing.objects.remove({ kind: "Service", namespace: "shop", name });
  }
  assertRefused(await refusing.objects.create(odd("x"), "?fieldValidation=Perhaps"), "400 BadRequest");
});

test("a field that is there twice: refused where it is strict, else the last one counts", async () => {
  const twice =
    '{"apiVersion":"v1","kind":"Service","metadata":{"name":"twice","name":"twice2"},"spec":{"ports":[{"port":1,"port":2}]}}';
  const strict = await refusing.post(`${SERVICES}?fieldValidation=Strict`, twice);
  assertRefused(strict, "400 BadRequest");
  assert.match(strict.text, /duplicate field \\"metadata\.name\\", duplicate field \\"spec\.ports\[0\]\.port\\"/);
  const made = await refusing.post(`${SERVICES}?dryRun=All`, twice);
  assert.equal(made.status, 201, made.text);
  assert.match(made.text, /"name":"twice2".*"port":2/);
});

const TYPES: readonly (readonly [type: string, outcome: string])[] = [
  ["text/plain", "415 UnsupportedMediaType"],
  ["application/xml", "415 UnsupportedMediaType"],
  ["application/json; charset=utf-16", "415 UnsupportedMediaType"],
  ["multipart/form-data; boundary=x", "415 UnsupportedMediaType"],
  ["application/x-www-form-urlencoded", "415 UnsupportedMediaType"],
  ["application/apply-patch+yaml", "415 UnsupportedMediaType"],
  ["application/cbor", "415 UnsupportedMediaType"],
  [";;;", "415 UnsupportedMediaType"],
  ["application/vnd.kubernetes.protobuf", "400 BadRequest"],
  ["application/merge-patch+json", "400 BadRequest"],
];

for (const [type, outcome] of TYPES) {
  test(`a whole object as ${type}: ${outcome}`, async () => {
    await refusing.assertChangesNothing(async () => {
      assertRefused(
        await refusing.post(SERVICES, JSON.stringify(service("shop", "new")), { "content-type": type }),
        outcome,
      );
    });
  });
}

test("a compressed body isn't guessed at", async () => {
  const headers = { ...JSON_TYPE, "content-encoding": "gzip" };
  assertRefused(
    await refusing.post(SERVICES, JSON.stringify(service("shop", "new")), headers),
    "415 UnsupportedMediaType",
  );
});

test("YAML that would grow without end, or is deep, or long, is refused soon", async () => {
  const letters = [..."abcdefghij"];
  const bomb = letters.map(
    (letter, index) => `${letter}: &${letter} [${Array(9).fill(index === 0 ? "x" : `*${letters[index - 1]}`)}]`,
  );
  for (const body of [
    bomb.join("\n"),
    "[".repeat(100_000),
    "? ".repeat(100_000),
    "- &a [*a]",
    "a: 1\na: 2",
    "--- 1\n--- 2",
  ]) {
    assertRefused(await refusing.post(SERVICES, body, { "content-type": "application/yaml" }), "400 BadRequest");
  }
  const long = await refusing.post(SERVICES, `a: ${"x".repeat(300_000)}`, { "content-type": "application/yaml" });
  assertRefused(long, "413 RequestEntityTooLarge");
});

for (const accept of [
  "text/html",
  "application/yaml",
  "application/vnd.kubernetes.protobuf",
  "application/json;q=0",
  "application/json;as=Table;g=meta.k8s.io;v=v9",
  "application/json;stream=x",
]) {
  test(`an answer as ${accept} can't be had: 406, for a write too, which isn't done`, async () => {
    await refusing.assertChangesNothing(async () => {
      const headers = { accept, ...JSON_TYPE };
      assertRefused(await estate.fetch(SERVICES, { headers }), "406 NotAcceptable");
      assertRefused(
        await refusing.post(SERVICES, JSON.stringify(service("shop", "new")), headers),
        "406 NotAcceptable",
      );
      assertRefused(
        await estate.fetch(`${SERVICES}/kept`, { method: "DELETE", headers: { accept } }),
        "406 NotAcceptable",
      );
    });
  });
}

test("acting as somebody else isn't done in one's own name instead", async () => {
  await refusing.assertChangesNothing(async () => {
    const headers = { "impersonate-user": "ann", ...JSON_TYPE };
    assertRefused(await refusing.post(SERVICES, JSON.stringify(service("shop", "new")), headers), "403 Forbidden");
  });
});

test("the pages of the control plane refuse wrong questions with a Status too", async () => {
  const postTo = (path: string, body: string) => refusing.post(path, body);
  for (const path of [
    "/landbridge/v1/compile",
    "/landbridge/v1/compile?stage=x",
    "/landbridge/v1/service",
    "/landbridge/v1/audit?after=x",
    "/landbridge/v1/audit?limit=0",
  ]) {
    assertRefused(await estate.fetch(path), "400 BadRequest");
  }
  for (const path of ["/landbridge/v1/trace", "/landbridge/v1/certificates"]) {
    for (const body of ["", "[", "{}", "[]", "null", '{"user":1}'])
      assertRefused(await postTo(path, body), "400 BadRequest");
    assertRefused(await postTo(path, "[".repeat(4_000_000)), "413 RequestEntityTooLarge");
  }
  for (const body of ["[", "[]", '{"objects":1}', '{"more":[]}'])
    assertRefused(await postTo("/landbridge/v1/plan", body), "400 BadRequest");
  const junk = {
    objects: [null, 1, {}, { kind: "X" }, { kind: "HTTPRoute", metadata: { name: "a/b", namespace: "x/y" } }],
    remove: ["", "/", "a/b/c/d", "X/y/z"],
  };
  const plan = await estate.fetch("/landbridge/v1/plan", { method: "POST", json: junk });
  assert.equal(plan.status, 200, plan.text);
  assert.equal((plan.json().refusals as unknown[]).length >= 5, true, plan.text);
});

test("nothing of all this was taken for a defect", () => refusing.assertNoDefect());
