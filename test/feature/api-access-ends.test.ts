/** Open watches end with the rights that opened them; and what the journal says of who tried what. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { makeToken } from "../../src/access/token.ts";
import type { ApiClient } from "../support/api-client.ts";
import { manifest, outcomeOf, pathOf, secret, service } from "../support/api-objects.ts";
import { ApiWatch } from "../support/api-watch.ts";
import { clientWithCertificate, issueCertificate } from "../support/client-certificates.ts";
import { bindingTo, SECRET_VALUE, TeamEstate } from "../support/team-estate.ts";
import { waitFor } from "../support/wait-for.ts";

const WATCH = `${pathOf({ kind: "Service", namespace: "shop" })}?watch=1`;
const END_MS = 5_000;
const FLOOD = 5_000;

interface Entry {
  readonly number: number;
  readonly note: Readonly<Record<string, unknown>>;
}

let teams: TeamEstate;
/** When the flood of strangers was over. */
let flooded = 0;

before(async () => {
  teams = await TeamEstate.start();
});
after(() => teams[Symbol.asyncDispose]());

/** All entries of the journal after one of that number. */
async function journalAfter(number: number): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (let next = number; ; next = entries.at(-1)?.number ?? next) {
    const answer = await teams.estate.fetch(`/landbridge/v1/audit?after=${next}&limit=1000`);
    const page = JSON.parse(answer.text) as Entry[];
    if (page.length === 0) return entries;
    entries.push(...page);
  }
}

async function newestEntry(): Promise<number> {
  return (await journalAfter(0)).at(-1)?.number ?? 0;
}

async function assertEnds(client: ApiClient, reason: string, code: number, act: () => Promise<unknown>): Promise<void> {
  using watch = await ApiWatch.open(client, WATCH);
  using others = await ApiWatch.open(teams.person("viewer").client, WATCH);
  await watch.untilEvent("ADDED", "web");
  await others.untilEvent("ADDED", "web");
  await act();
  const started = performance.now();
  const { object } = await watch.untilEvent("ERROR");
  await watch.untilEnd();
  assert.ok(performance.now() - started < END_MS);
  assert.deepEqual([object.kind, object.reason, object.code], ["Status", reason, code]);
  assert.equal((await client.fetch(WATCH)).status, code, "and can't be opened again");
  assert.ok(!others.hasEnded, "others' watches go on");
}

/** @returns the client, and the name of its AccessToken */
async function somebody(user: string, spec: object = {}, finalizers: readonly string[] = []) {
  await teams.objects.make(bindingTo("RoleBinding", "shop", user, "ClusterRole", "landbridge:viewer", user));
  const made = await teams.objects.make(
    manifest("AccessToken", "", { name: `of-${user}`, finalizers }, { spec: { user, ...spec } }),
  );
  return teams.withToken(String(made.status?.token));
}

test("5,000 requests with wrong credentials are answered, and the journal says so in few entries", async () => {
  const before = await newestEntry();
  const tokens = ["nonsense", makeToken("of-nobody", randomBytes(32)).token];
  const clients = Array.from({ length: 10 }, (_, index) => teams.withToken(tokens[index % 2] ?? ""));
  await Promise.all(
    clients.map(async ({ client }) => {
      for (let index = 0; index < FLOOD / 10; index += 1) {
        const { status } = await client.fetch(`/api/v1/namespaces/shop/secrets/${index}`);
        assert.equal(status, 401);
      }
    }),
  );
  for (const client of clients) client[Symbol.dispose]();
  flooded = before;
  const entries = (await journalAfter(before)).filter(({ note }) => note.type === "refused");
  assert.ok(entries.length >= 20 && entries.length <= 100, `${entries.length} entries`);
  const [first] = entries;
  assert.deepEqual(
    [first?.note.user, first?.note.from, first?.note.verb, first?.note.resource],
    ["", "127.0.0.1", "get", "secrets"],
  );
});

test("while strangers are only counted, what a known user tried is written down", async () => {
  const before = await newestEntry();
  await teams.person("pay").objects.get({ kind: "Secret", namespace: "shop", name: "key" });
  await waitFor("the entry", async () =>
    (await journalAfter(before)).some(
      ({ note }) => note.type === "refused" && note.user === "pay" && note.name === "key",
    ),
  );
});

test("a token that is deleted ends the watches that it opened", async () => {
  using user = await somebody("revoked");
  await assertEnds(user.client, "Unauthorized", 401, () =>
    teams.objects.remove({ kind: "AccessToken", name: "of-revoked" }),
  );
});

test("so does one that is being deleted and only waits for a finalizer", async () => {
  using user = await somebody("dying", {}, ["example.com/hold"]);
  await assertEnds(user.client, "Unauthorized", 401, async () => {
    assert.equal((await teams.objects.remove({ kind: "AccessToken", name: "of-dying" })).status, 202);
  });
});

test("a token that stands for somebody else now, or has another secret, ends them too", async () => {
  using user = await somebody("changed");
  await assertEnds(user.client, "Unauthorized", 401, () =>
    teams.objects.patch({ kind: "AccessToken", name: "of-changed" }, { spec: { hash: "0".repeat(64) } }),
  );
});

test("a token's time is over, and so are its watches", async () => {
  using user = await somebody("brief", { expirationTimestamp: new Date(Date.now() + 1_500).toISOString() });
  await assertEnds(user.client, "Unauthorized", 401, async () => {});
});

test("a certificate's time is over, and so are its watches", async () => {
  await teams.objects.make(bindingTo("RoleBinding", "shop", "holder", "ClusterRole", "landbridge:viewer", "holder"));
  const issued = await issueCertificate(teams.estate.admin.client, { user: "holder", days: 2 / 86_400 });
  using client = clientWithCertificate(teams.estate.endpoint, issued);
  await assertEnds(client, "Unauthorized", 401, async () => {});
});

test("a binding that is taken away ends them, and so does a role that says less", async () => {
  using bound = await somebody("bound");
  await assertEnds(bound.client, "Forbidden", 403, () =>
    teams.objects.remove({ kind: "RoleBinding", namespace: "shop", name: "bound" }),
  );
  const narrowed = await teams.personNamed("narrowed");
  await teams.give("narrowed", "shop", "narrowed", [{ apiGroups: [""], resources: ["services"], verbs: ["watch"] }]);
  await assertEnds(narrowed.client, "Forbidden", 403, () =>
    teams.objects.patch(
      { kind: "Role", namespace: "shop", name: "narrowed" },
      { rules: [{ apiGroups: [""], resources: ["services"], verbs: ["get"] }] },
    ),
  );
});

test("every write is in the journal: who, what, before and after, from where; and no secret", async () => {
  const before = await newestEntry();
  const shop = teams.person("shop");
  const place = { kind: "Service", namespace: "shop", name: "noted" };
  assert.equal((await shop.objects.create(service("shop", "noted"))).status, 201);
  assert.equal((await shop.objects.patch(place, { metadata: { labels: { a: "b" } } })).status, 200);
  assert.equal((await shop.objects.create(service("shop", "dry"), "?dryRun=All")).status, 201);
  assert.equal((await shop.objects.create(secret("shop", "noted", { password: SECRET_VALUE }))).status, 201);
  const removed = await shop.client.fetch(`${pathOf({ kind: "Service", namespace: "shop" })}?labelSelector=a%3Db`, {
    method: "DELETE",
    headers: { "user-agent": "cleaner/1" },
  });
  assert.equal(removed.status, 200);
  const writes = (await journalAfter(before)).filter(({ note }) => note.type === "write");
  assert.deepEqual(
    writes.map(({ note }) => [note.user, note.verb, note.resource, note.namespace, note.name, note.from]),
    [
      ["shop", "create", "services", "shop", "noted", "127.0.0.1"],
      ["shop", "patch", "services", "shop", "noted", "127.0.0.1"],
      ["shop", "create", "secrets", "shop", "noted", "127.0.0.1"],
      ["shop", "deletecollection", "services", "shop", "noted", "127.0.0.1"],
    ],
  );
  const [create, patch, , last] = writes.map(
    ({ note }) =>
      note as {
        before: { metadata: { labels?: object } } | null;
        after: { metadata: { labels?: object } } | null;
        id: string;
        credential: string;
        userAgent: string;
      },
  );
  assert.deepEqual(
    [create?.before, patch?.before?.metadata.labels, patch?.after?.metadata.labels, last?.after],
    [null, undefined, { a: "b" }, null],
  );
  assert.equal(last?.id, removed.headers["audit-id"], "by this a client's answer is found again");
  assert.match(String(last?.credential), /^AccessToken test-/);
  assert.equal(last?.userAgent, "cleaner/1");
  const text = JSON.stringify(writes);
  assert.ok(!text.includes(SECRET_VALUE) && !text.includes(Buffer.from(SECRET_VALUE).toString("base64")));
});

test("every attempt that is refused is in the journal, whatever refused it", async () => {
  const lead = await teams.personNamed("lead");
  await teams.give("lead", "shop", "lead", [
    {
      apiGroups: ["rbac.authorization.k8s.io", "gateway.networking.k8s.io"],
      resources: ["roles", "httproutes"],
      verbs: ["create"],
    },
  ]);
  await teams.objects.make(
    manifest("ClusterRole", "", "issuer", {
      rules: [{ nonResourceURLs: ["/landbridge/v1/certificates"], verbs: ["post"] }],
    }),
  );
  await teams.bindEverywhere("lead", "issuer");
  const before = await newestEntry();
  const refused = [
    await lead.objects.get({ kind: "Secret", namespace: "pay", name: "key" }),
    await lead.objects.create(
      manifest("Role", "shop", "all", { rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }] }),
    ),
    await lead.objects.create(
      manifest("HTTPRoute", "shop", "thief", {
        spec: { parentRefs: [{ name: "edge", namespace: "infra" }], hostnames: ["pay.example.com"] },
      }),
    ),
    await lead.client.fetch("/landbridge/v1/certificates", {
      method: "POST",
      json: { user: "admin", groups: ["system:masters"] },
    }),
    await lead.client.fetch("/landbridge/v1/backup"),
    await lead.client.fetch("/api/v1/namespaces", { headers: { "impersonate-user": "admin" } }),
    await teams.person("admin").objects.patch({ kind: "ClusterRole", name: "landbridge:viewer" }, { rules: [] }),
    await teams
      .person("admin")
      .objects.patch({ kind: "Gateway", namespace: "infra", name: "edge" }, { metadata: { labels: { a: "b" } } }),
    await teams
      .person("operator")
      .objects.patch(
        { kind: "Secret", namespace: "shop", name: "key" },
        [{ op: "test", path: "/data", value: {} }],
        "json-patch",
      ),
  ];
  for (const answer of refused) assert.equal(outcomeOf(answer), "403 Forbidden", answer.text);
  const ids = new Set(refused.map(({ headers }) => headers["audit-id"]));
  const entries = await waitFor("all entries", async () => {
    const found = (await journalAfter(before)).filter(
      ({ note }) => note.type === "refused" && ids.has(String(note.id)),
    );
    return found.length >= refused.length && found;
  });
  assert.deepEqual(
    entries.map(({ note }) => [note.user, note.verb, note.resource ?? note.path]),
    [
      ["lead", "get", "secrets"],
      ["lead", "create", "roles"],
      ["lead", "create", "httproutes"],
      ["lead", "post", "/landbridge/v1/certificates"],
      ["lead", "get", "/landbridge/v1/backup"],
      ["lead", "list", "namespaces"],
      ["admin", "patch", "clusterroles"],
      ["admin", "patch", "gateways"],
      ["operator", "patch", "secrets"],
    ],
  );
  for (const { note } of entries) assert.ok(String(note.reason).length > 20 && note.from === "127.0.0.1");
});

test("what was only counted is told as a number, also when nobody is refused any more; and the journal is whole", async () => {
  const counted = await waitFor("the number", async () => {
    const entries = (await journalAfter(flooded)).filter(({ note }) => note.type === "refused" && note.user === "");
    const told = entries.filter(({ note }) => typeof note.count === "number");
    const sum = told.reduce((total, { note }) => total + Number(note.count), 0);
    return sum + entries.length - told.length >= FLOOD && { sum, entries };
  });
  assert.ok(counted.entries.length < 200, `${counted.entries.length} entries`);
  const verdict = (await teams.estate.fetch("/landbridge/v1/audit/verify")).json();
  assert.equal(verdict.kind, "whole");
  assert.equal(verdict.entries, await newestEntry());
});
