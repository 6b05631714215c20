/** What somebody may not read isn't told by any other answer either: Secrets, and whether others' objects are there at all. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { ApiAnswer } from "../support/api-client.ts";
import { manifest, outcomeOf, pathOf, route, secret, service } from "../support/api-objects.ts";
import { ApiWatch } from "../support/api-watch.ts";
import { makeAuthority } from "../support/certificates.ts";
import { type Person, SECRET_VALUE, TeamEstate } from "../support/team-estate.ts";

const KEY = { kind: "Secret", namespace: "shop", name: "key" };
const IN_BASE64 = Buffer.from(SECRET_VALUE).toString("base64");
/** Also where it is a part of something larger. */
const FORMS = [SECRET_VALUE, IN_BASE64, IN_BASE64.replace(/=+$/, ""), Buffer.from(SECRET_VALUE).toString("hex")];

let teams: TeamEstate;
let operator: Person;
let shop: Person;

before(async () => {
  teams = await TeamEstate.start();
  operator = teams.person("operator");
  shop = teams.person("shop");
});
after(() => teams[Symbol.asyncDispose]());

function assertTellsNothing(text: string, what: string): void {
  for (const form of FORMS) assert.ok(!text.includes(form), `${what} tells it: ${text.slice(0, 300)}`);
}

const ACCEPTS = [
  "application/json",
  "application/json;as=Table;g=meta.k8s.io;v=v1,application/json",
  "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json",
];

test("an operator writes Secrets, and no answer shows what is in them, in whatever form it is asked for", async () => {
  const path = pathOf(KEY);
  const json = secret("shop", "key", { password: SECRET_VALUE });
  const merge = { "content-type": "application/merge-patch+json" };
  const annotated = '{"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{}"}}}';
  for (const accept of ACCEPTS) {
    for (const query of ["", "?dryRun=All", "?includeObject=Object", "?pretty=true"]) {
      const name = `made-${ACCEPTS.indexOf(accept)}${query.length}`;
      const list = pathOf({ kind: "Secret", namespace: "shop" });
      const answers: Readonly<Record<string, ApiAnswer>> = {
        create: await operator.client.fetch(`${list}${query}`, {
          method: "POST",
          headers: { accept },
          json: secret("shop", name, { password: SECRET_VALUE }),
        }),
        again: await operator.client.fetch(`${list}${query}`, { method: "POST", headers: { accept }, json }),
        update: await operator.client.fetch(`${path}${query}`, { method: "PUT", headers: { accept }, json }),
        patch: await operator.client.fetch(`${path}${query}`, {
          method: "PATCH",
          headers: { accept, ...merge },
          body: annotated,
        }),
        "patch of nothing": await operator.client.fetch(`${path}${query}`, {
          method: "PATCH",
          headers: { accept, ...merge },
          body: "{}",
        }),
        delete: await operator.client.fetch(`${path}?dryRun=All`, { method: "DELETE", headers: { accept } }),
        get: await operator.client.fetch(`${path}${query}`, { headers: { accept } }),
      };
      for (const [what, answer] of Object.entries(answers))
        assertTellsNothing(answer.text, `${what}${query} as ${accept}`);
      assert.deepEqual(
        ["create", "again", "update", "patch", "delete", "get"].map((what) => answers[what]?.status),
        [201, 409, 200, 200, 200, 403],
      );
    }
  }
});

test("a Secret that waits for its finalizers isn't shown to who deletes it", async () => {
  await teams.objects.make(
    secret("shop", { name: "held", finalizers: ["example.com/hold"] }, { password: SECRET_VALUE }),
  );
  const held = { kind: "Secret", namespace: "shop", name: "held" };
  for (let time = 0; time < 2; time += 1) {
    const answer = await operator.objects.remove(held);
    assert.equal(answer.status, 202);
    assertTellsNothing(answer.text, "the deletion");
  }
  await teams.objects.patch(held, { metadata: { finalizers: null } });
});

const BLIND: Readonly<Record<string, readonly object[]>> = {
  "into an annotation": [{ op: "copy", from: "/data/password", path: "/metadata/annotations" }],
  "into a label": [
    { op: "add", path: "/metadata/labels", value: {} },
    { op: "copy", from: "/data/password", path: "/metadata/labels/x" },
  ],
  "into a finalizer": [{ op: "copy", from: "/data/password", path: "/metadata/finalizers" }],
  "into the name, which the refusal repeats": [{ op: "copy", from: "/data/password", path: "/metadata/name" }],
  "into the kind, which the refusal repeats": [{ op: "copy", from: "/data/password", path: "/kind" }],
  "into the namespace": [{ op: "move", from: "/data/password", path: "/metadata/namespace" }],
  "into the type": [{ op: "move", from: "/data/password", path: "/type" }],
  "the whole into itself": [{ op: "copy", from: "", path: "/metadata/annotations" }],
  "a guess that is right": [{ op: "test", path: "/data/password", value: IN_BASE64 }],
  "a guess that is wrong": [{ op: "test", path: "/data/password", value: "eA==" }],
  "a guess of the whole": [{ op: "test", path: "/data", value: { password: IN_BASE64 } }],
};

for (const [what, patch] of Object.entries(BLIND)) {
  test(`a JSON Patch takes nothing out of a Secret for those who may not read it: ${what}`, async () => {
    const before = await teams.objects.read(KEY);
    for (const query of ["", "?dryRun=All"]) {
      const answer = await operator.objects.patch(KEY, patch, "json-patch", query);
      assert.equal(outcomeOf(answer), "403 Forbidden");
      assertTellsNothing(answer.text, what);
    }
    assert.deepEqual(await teams.objects.read(KEY), before);
    const none = { ...KEY, name: "none" };
    assert.match(outcomeOf(await operator.objects.patch(none, patch, "json-patch")), /^40[34]/);
  });
}

test("who may read it may copy in it, and others write by patches that read nothing", async () => {
  const mine = await shop.objects.patch(KEY, BLIND["a guess that is right"], "json-patch");
  assert.equal(mine.status, 200, mine.text);
  assert.ok(mine.text.includes(IN_BASE64));
  const added = [
    { op: "add", path: "/data/more", value: "eA==" },
    { op: "remove", path: "/data/more" },
  ];
  assert.equal((await operator.objects.patch(KEY, added, "json-patch")).status, 200);
  assert.equal((await teams.objects.read(KEY)).data instanceof Object, true);
});

test("refusals of a Secret repeat nothing of it", async () => {
  const wrong: readonly (readonly [string, ApiAnswer])[] = [
    ["another type", await operator.objects.patch(KEY, { type: "kubernetes.io/tls" })],
    [
      "no base64",
      await operator.objects.create(manifest("Secret", "shop", "new", { data: { a: `${SECRET_VALUE}!!` } })),
    ],
    [
      "a number",
      await operator.objects.create(manifest("Secret", "shop", "new", { stringData: { a: [SECRET_VALUE] } })),
    ],
    [
      "an unknown field",
      await operator.objects.create(
        manifest("Secret", "shop", "new", { datum: SECRET_VALUE }),
        "?fieldValidation=Strict",
      ),
    ],
    [
      "broken JSON",
      await operator.client.fetch(pathOf(KEY), {
        method: "PUT",
        headers: { "content-type": "application/json" },
        body: `{"data":{"a":"${SECRET_VALUE}"`,
      }),
    ],
    [
      "broken YAML",
      await operator.client.fetch(pathOf(KEY), {
        method: "PUT",
        headers: { "content-type": "application/yaml" },
        body: `data: {a: "${SECRET_VALUE}`,
      }),
    ],
  ];
  for (const [what, answer] of wrong) {
    assert.ok(answer.status >= 400, what);
    assertTellsNothing(answer.text, what);
  }
});

test("no page, plan, event, problem, log, metric or audit entry has what is in a Secret, for the admin neither", async () => {
  const authority = await makeAuthority();
  const { certificate, key } = await authority.issue({ dnsNames: ["shop.example.com"] });
  const tls = {
    ...secret("shop", "tls", { "tls.crt": certificate, "tls.key": key, note: SECRET_VALUE }),
    type: "kubernetes.io/tls",
  };
  await teams.objects.make(tls);
  await teams.objects.make(secret("shop", "odd", { "tls.crt": SECRET_VALUE }));
  const listener = (name: string, port: number, of: string) => ({
    name,
    port,
    protocol: "HTTPS",
    hostname: "shop.example.com",
    tls: { certificateRefs: [{ name: of }] },
  });
  await teams.objects.make(
    manifest("Gateway", "shop", "own", {
      spec: {
        gatewayClassName: "landbridge",
        listeners: [listener("a", 18_443, "tls"), listener("b", 18_444, "odd"), listener("c", 18_445, "key")],
      },
    }),
  );
  await teams.objects.patch(
    { kind: "Secret", namespace: "shop", name: "key" },
    {
      metadata: {
        annotations: {
          "kubectl.kubernetes.io/last-applied-configuration": JSON.stringify({ data: { password: IN_BASE64 } }),
        },
      },
    },
  );
  const admin = teams.estate.admin.client;
  const pages = [
    "info",
    "objects",
    "proxies",
    "problems",
    "compile?stage=model",
    "compile?stage=routing",
    "compile?stage=envoy",
    "audit?limit=1000",
  ];
  const texts: [string, string][] = [];
  for (const page of pages) texts.push([page, (await admin.fetch(`/landbridge/v1/${page}`)).text]);
  texts.push(["metrics", (await admin.fetch("/metrics")).text]);
  texts.push(["events", (await admin.fetch(pathOf({ kind: "Event" }))).text]);
  texts.push(["backup", (await admin.fetch("/landbridge/v1/backup")).text]);
  texts.push(["gateway", (await admin.fetch(pathOf({ kind: "Gateway", namespace: "shop", name: "own" }))).text]);
  const planned = {
    objects: [secret("shop", "key", { password: `${SECRET_VALUE}2` }), tls],
    remove: ["Secret/shop/odd"],
  };
  texts.push(["plan", (await operator.client.fetch("/landbridge/v1/plan", { method: "POST", json: planned })).text]);
  texts.push(["log", teams.estate.log.join("")]);
  const keyLine = key.split("\n")[1] ?? "";
  for (const [what, text] of texts) {
    assert.ok(text.length > 20, `${what}: ${text}`);
    assertTellsNothing(text, what);
    assert.ok(
      !text.includes(keyLine) && !text.includes(Buffer.from(key).toString("base64").slice(40, 80)),
      `${what} has a private key`,
    );
  }
});

/** What differs between any two answers. */
function comparable({ status, text }: ApiAnswer, name: string): string {
  // The answer to a plan has a field "key".
  return `${status} ${text}`.replaceAll(new RegExp(`${name}(?!":)`, "g"), "NAME");
}

test("whether an object of others is there can't be told from any refusal", async () => {
  const pay = (kind: string, name: string) => ({ kind, namespace: "pay", name });
  const asks: Readonly<Record<string, (kind: string, name: string) => Promise<ApiAnswer>>> = {
    get: (kind, name) => shop.objects.get(pay(kind, name)),
    status: (kind, name) => shop.client.fetch(`${pathOf(pay(kind, name))}/status`),
    update: (kind, name) => shop.objects.update(manifest(kind, "pay", name)),
    patch: (kind, name) => shop.objects.patch(pay(kind, name), {}),
    delete: (kind, name) => shop.objects.remove(pay(kind, name), { preconditions: { resourceVersion: "1" } }),
    create: (kind, name) => shop.objects.create(manifest(kind, "pay", name)),
    "list by name": (kind, name) =>
      shop.objects.get({ kind, namespace: "pay" }, `?fieldSelector=metadata.name%3D${name}`),
    "list all by name": (kind, name) => shop.objects.get({ kind }, `?fieldSelector=metadata.name%3D${name}`),
    watch: (kind, name) =>
      shop.objects.get({ kind, namespace: "pay" }, `?watch=1&fieldSelector=metadata.name%3D${name}`),
    plan: (kind, name) =>
      shop.client.fetch("/landbridge/v1/plan", {
        method: "POST",
        json: { objects: [manifest(kind, "pay", name)], remove: [`${kind}/pay/${name}`] },
      }),
    service: (_, name) => shop.client.fetch(`/landbridge/v1/service?key=HybridService/pay/${name}`),
  };
  for (const [verb, ask] of Object.entries(asks)) {
    for (const [kind, name] of [
      ["HTTPRoute", "front"],
      ["Secret", "key"],
      ["Service", "web"],
    ] as const) {
      const there = comparable(await ask(kind, name), name);
      assert.equal(there, comparable(await ask(kind, "nobodys"), "nobodys"), `${verb} ${kind}`);
      assert.match(there, verb === "plan" ? /^200 .*Forbidden/ : /^403 /, `${verb} ${kind}`);
    }
  }
  const namespaces = await Promise.all(
    ["pay", "nobodys"].map(async (name) => comparable(await shop.client.fetch(`/api/v1/namespaces/${name}`), name)),
  );
  assert.equal(namespaces[0], namespaces[1]);
  const within = await Promise.all(
    ["pay", "nobodys"].map(async (name) => comparable(await shop.objects.create(service(name, "web")), name)),
  );
  assert.equal(within[0], within[1]);
});

test("a plan of a team tells what its own objects change, and of others' nothing", async () => {
  const objects = [
    route("shop", "front", "shop.example.com", "other"),
    route("pay", "front", "x.example.com"),
    secret("pay", "key", {}),
  ];
  const answer = await shop.client.fetch("/landbridge/v1/plan", {
    method: "POST",
    json: { objects, remove: ["HTTPRoute/pay/front", "Gateway/infra/edge"] },
  });
  const { refusals, ...plan } = answer.json();
  assert.equal((refusals as unknown[]).length, 4);
  assert.doesNotMatch(JSON.stringify(plan), /pay/);
});

test("a watch with whatever selector shows a team its own objects only", async () => {
  using watch = await ApiWatch.open(
    shop.client,
    `${pathOf({ kind: "Service", namespace: "shop" })}?watch=1&labelSelector=!none`,
  );
  await watch.untilEvent("ADDED", "web");
  await teams.objects.make(service("pay", "theirs"));
  await teams.objects.patch(
    { kind: "Service", namespace: "pay", name: "theirs" },
    { metadata: { labels: { a: "b" } } },
  );
  await teams.objects.remove({ kind: "Service", namespace: "pay", name: "theirs" });
  await teams.objects.make(service("shop", "ours"));
  await watch.untilEvent("ADDED", "ours");
  assert.deepEqual(watch.story, ["ADDED web", "ADDED ours"]);
});

test("statuses and events tell a team of others' backends only that it may not use them, there or not", async () => {
  await teams.give("shop", "shop", "entrance", [
    { apiGroups: ["landbridge.dev"], resources: ["listeners"], verbs: ["attach"] },
    { apiGroups: ["landbridge.dev"], resources: ["hostnames"], verbs: ["use"] },
  ]);
  const cross = (name: string, backend: string) =>
    manifest("HTTPRoute", "shop", name, {
      spec: {
        parentRefs: [{ name: "edge", namespace: "infra" }],
        hostnames: [`${name}.example.com`],
        rules: [{ backendRefs: [{ name: backend, namespace: "pay", port: 80 }] }],
      },
    });
  const said: string[] = [];
  for (const [name, backend] of [
    ["thief", "web"],
    ["other", "none"],
  ] as const) {
    assert.equal((await shop.objects.create(cross(name, backend))).status, 201);
    const condition = await teams.estate.untilCondition(`HTTPRoute/shop/${name}`, "ResolvedRefs", "False");
    said.push(`${condition.reason}: ${condition.message.replaceAll(backend, "BACKEND")}`);
  }
  assert.equal(said[0], said[1]);
  assert.match(String(said[0]), /^RefNotPermitted/);
  await teams.estate.untilAnswer("thief.example.com", ({ status }) => status === 500);
});
