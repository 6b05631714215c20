/** Who may do what with whose objects: one table, asked of the running API by everybody. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { ApiClient, ApiRequestInit } from "../support/api-client.ts";
import { manifest, pathOf, route, secret, service } from "../support/api-objects.ts";
import { makeAuthority } from "../support/certificates.ts";
import { clientWithCertificate, type IssuedCertificate, issueCertificate } from "../support/client-certificates.ts";
import { bindingTo, NAMES, type PersonName, TeamEstate } from "../support/team-estate.ts";
import { waitFor } from "../support/wait-for.ts";

let teams: TeamEstate;

before(async () => {
  teams = await TeamEstate.start();
});
after(() => teams[Symbol.asyncDispose]());

interface Asked {
  readonly path: string;
  readonly init: ApiRequestInit;
}

const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const at = (path: string, init: ApiRequestInit = {}): Asked => ({ path, init });
const dry = (path: string, method: string, json?: unknown) =>
  at(`${path}?dryRun=All`, { method, ...(json === undefined ? {} : { json }) });
const patch = (path: string) =>
  at(`${path}?dryRun=All`, {
    method: "PATCH",
    body: '{"metadata":{"labels":{"x":"y"}}}',
    headers: { "content-type": "application/merge-patch+json" },
  });

const ROUTES = pathOf({ kind: "HTTPRoute", namespace: "shop" });
const ALL_ROUTES = pathOf({ kind: "HTTPRoute" });
const SECRETS = pathOf({ kind: "Secret", namespace: "shop" });
const TOKENS = pathOf({ kind: "AccessToken" });
const tokenFor = (user: string, groups: readonly string[] = []) =>
  manifest("AccessToken", "", "made", { spec: { user, groups } });
const platform = manifest("Platform", "", "made", { spec: { type: "Static", static: { services: [] } } });
const gateway = manifest("Gateway", "infra", "made", {
  spec: { gatewayClassName: "landbridge", listeners: [{ name: "http", port: 8080, protocol: "HTTP" }] },
});
const role = manifest("Role", "shop", "made", {
  rules: [{ apiGroups: [""], resources: ["services"], verbs: ["get"] }],
});

/** All writes are dry runs, so that each row finds what the others found. */
const REQUESTS: Readonly<Record<string, Asked>> = {
  "get a route": at(`${ROUTES}/front`),
  "get a route's status": at(`${ROUTES}/front/status`),
  "list routes": at(ROUTES),
  "list routes by label": at(`${ROUTES}?labelSelector=of%3Dshop`),
  "list routes by name": at(`${ROUTES}?fieldSelector=metadata.name%3Dfront`),
  "list all routes": at(ALL_ROUTES),
  "list all by namespace": at(`${ALL_ROUTES}?fieldSelector=metadata.namespace%3Dshop`),
  "list all by label": at(`${ALL_ROUTES}?labelSelector=of%3Dshop`),
  "list all by name": at(`${ALL_ROUTES}?fieldSelector=metadata.name%3Dfront`),
  "watch routes": at(`${ROUTES}?watch=1&timeoutSeconds=1`),
  "watch all routes": at(`${ALL_ROUTES}?watch=1&timeoutSeconds=1`),
  "watch all by name": at(`${ALL_ROUTES}?watch=1&timeoutSeconds=1&fieldSelector=metadata.name%3Dfront`),
  "create a route": dry(
    ROUTES,
    "POST",
    manifest("HTTPRoute", "shop", "made", { spec: { parentRefs: [], hostnames: ["shop.example.com"] } }),
  ),
  "update a route": dry(`${ROUTES}/front`, "PUT", route("shop", "front", "shop.example.com")),
  "patch a route": patch(`${ROUTES}/front`),
  "patch a route's status": patch(`${ROUTES}/front/status`),
  "delete a route": dry(`${ROUTES}/front`, "DELETE"),
  "delete all routes": dry(ROUTES, "DELETE"),
  "get a Secret": at(`${SECRETS}/key`),
  "list Secrets": at(SECRETS),
  "list Secrets by name": at(`${SECRETS}?fieldSelector=metadata.name%3Dkey`),
  "list all Secrets": at(pathOf({ kind: "Secret" })),
  "watch Secrets": at(`${SECRETS}?watch=1&timeoutSeconds=1`),
  "create a Secret": dry(SECRETS, "POST", secret("shop", "made", {})),
  "update a Secret": dry(`${SECRETS}/key`, "PUT", secret("shop", "key", {})),
  "patch a Secret": patch(`${SECRETS}/key`),
  "delete a Secret": dry(`${SECRETS}/key`, "DELETE"),
  "delete all Secrets": dry(SECRETS, "DELETE"),
  "list tokens": at(TOKENS),
  "make an own token": dry(TOKENS, "POST", tokenFor("shop")),
  "make an admin's token": dry(TOKENS, "POST", tokenFor("x", ["system:masters"])),
  "list Roles": at(`${RBAC}/namespaces/shop/roles`),
  "list ClusterRoles": at(`${RBAC}/clusterroles`),
  "create a Role": dry(`${RBAC}/namespaces/shop/roles`, "POST", role),
  "bind a role": dry(
    `${RBAC}/namespaces/shop/rolebindings`,
    "POST",
    bindingTo("RoleBinding", "shop", "made", "ClusterRole", "landbridge:team", "x"),
  ),
  "bind the admin's role": dry(
    `${RBAC}/clusterrolebindings`,
    "POST",
    bindingTo("ClusterRoleBinding", "", "made", "ClusterRole", "landbridge:admin", "x"),
  ),
  "list events": at(pathOf({ kind: "Event", namespace: "shop" })),
  "list all events": at(pathOf({ kind: "Event" })),
  "get a Namespace": at("/api/v1/namespaces/shop"),
  "get a Namespace from another": at("/api/v1/namespaces/pay/namespaces/shop"),
  "list Namespaces": at("/api/v1/namespaces"),
  "create a Namespace": dry("/api/v1/namespaces", "POST", manifest("Namespace", "", "made")),
  "create one in another": dry("/api/v1/namespaces/shop/namespaces", "POST", manifest("Namespace", "", "made")),
  "delete a Namespace": dry("/api/v1/namespaces/shop", "DELETE"),
  "list Platforms": at(pathOf({ kind: "Platform" })),
  "create a Platform": dry(pathOf({ kind: "Platform" }), "POST", platform),
  "get a Gateway": at(pathOf({ kind: "Gateway", namespace: "infra", name: "edge" })),
  "create a Gateway": dry(pathOf({ kind: "Gateway", namespace: "infra" }), "POST", gateway),
  "update a Service": dry(pathOf({ kind: "Service", namespace: "shop", name: "web" }), "PUT", service("shop", "web")),
  "page info": at("/landbridge/v1/info"),
  "page objects": at("/landbridge/v1/objects"),
  "page proxies": at("/landbridge/v1/proxies"),
  "page problems": at("/landbridge/v1/problems"),
  "page compile": at("/landbridge/v1/compile?stage=model"),
  "page service": at("/landbridge/v1/service?key=HybridService/shop/web"),
  "page audit": at("/landbridge/v1/audit"),
  "page audit/verify": at("/landbridge/v1/audit/verify"),
  "page backup": at("/landbridge/v1/backup"),
  "page metrics": at("/metrics"),
  "a plan": at("/landbridge/v1/plan", { method: "POST", json: {} }),
  "an own certificate": at("/landbridge/v1/certificates", { method: "POST", json: { user: "shop" } }),
  "an admin's certificate": at("/landbridge/v1/certificates", {
    method: "POST",
    json: { user: "x", groups: ["system:masters"] },
  }),
  discovery: at("/apis"),
  "what may I": at("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", {
    method: "POST",
    json: { kind: "SelfSubjectRulesReview", spec: { namespace: "shop" } },
  }),
};

/** `shop` and `pay` are teams; what is asked for is the shop's. - is 403: nobody learns more. */
const TABLE = `
                               viewer  shop  pay  operator  admin
  get a route                     200   200    -       200    200
  get a route's status            200   200    -       200    200
  list routes                     200   200    -       200    200
  list routes by label            200   200    -       200    200
  list routes by name             200   200    -       200    200
  list all routes                 200     -    -       200    200
  list all by namespace           200     -    -       200    200
  list all by label               200     -    -       200    200
  list all by name                200     -    -       200    200
  watch routes                    200   200    -       200    200
  watch all routes                200     -    -       200    200
  watch all by name               200     -    -       200    200
  create a route                    -     -    -       201    201
  update a route                    -   200    -       200    200
  patch a route                     -   200    -       200    200
  patch a route's status            -     -    -         -    200
  delete a route                    -   200    -       200    200
  delete all routes                 -   200    -       200    200
  get a Secret                      -   200    -         -    200
  list Secrets                      -   200    -         -    200
  list Secrets by name              -   200    -         -    200
  list all Secrets                  -     -    -         -    200
  watch Secrets                     -   200    -         -    200
  create a Secret                   -   201    -       201    201
  update a Secret                   -   200    -       200    200
  patch a Secret                    -   200    -       200    200
  delete a Secret                   -   200    -       200    200
  delete all Secrets                -   200    -         -    200
  list tokens                       -     -    -         -    200
  make an own token                 -     -    -         -    201
  make an admin's token             -     -    -         -    201
  list Roles                        -     -    -         -    200
  list ClusterRoles                 -     -    -         -    200
  create a Role                     -     -    -         -    201
  bind a role                       -     -    -         -    201
  bind the admin's role             -     -    -         -    201
  list events                     200   200    -       200    200
  list all events                 200     -    -       200    200
  get a Namespace                 200   200    -       200    200
  get a Namespace from another    404     -  404       404    404
  list Namespaces                 200     -    -       200    200
  create a Namespace                -     -    -       201    201
  create one in another             -     -    -       404    404
  delete a Namespace                -     -    -       202    202
  list Platforms                  200     -    -       200    200
  create a Platform                 -     -    -       201    201
  get a Gateway                   200     -    -       200    200
  create a Gateway                  -     -    -       201    201
  update a Service                  -   200    -       200    200
  page info                         -     -    -       200    200
  page objects                      -     -    -         -    200
  page proxies                      -     -    -       200    200
  page problems                     -     -    -       200    200
  page compile                      -     -    -       200    200
  page service                      -     -    -       200    200
  page audit                        -     -    -         -    200
  page audit/verify                 -     -    -         -    200
  page backup                       -     -    -         -    200
  page metrics                      -     -    -       200    200
  a plan                          200   200  200       200    200
  an own certificate                -     -    -         -    200
  an admin's certificate            -     -    -         -    200
  discovery                       200   200  200       200    200
  what may I                      201   201  201       201    201
`;

interface Row {
  readonly name: string;
  readonly asked: Asked;
  readonly expected: Readonly<Record<PersonName, number>>;
}

const ROWS: readonly Row[] = TABLE.trim()
  .split("\n")
  .slice(1)
  .map((line) => {
    const [name = "", ...cells] = line.trim().split(/ {2,}(?=[-\d])/);
    const asked = REQUESTS[name];
    assert.ok(asked && cells.length === NAMES.length, line);
    const codes = cells.map((cell) => (cell === "-" ? 403 : Number(cell)));
    return {
      name,
      asked,
      expected: Object.fromEntries(NAMES.map((each, index) => [each, codes[index]])) as Row["expected"],
    };
  });

/** Of a watch only the head of its answer. */
async function codeOf(client: ApiClient, { path, init }: Asked): Promise<number> {
  const answer = await client.open(path, init);
  const code = answer.statusCode ?? 0;
  if (path.includes("watch=1")) answer.destroy();
  else answer.resume();
  return code;
}

for (const { name, asked, expected } of ROWS) {
  test(`${name}: everybody gets what the table says`, async () => {
    const found = await Promise.all(NAMES.map(async (each) => [each, await codeOf(teams.person(each).client, asked)]));
    assert.deepEqual(Object.fromEntries(found), expected);
  });
}

test("the table has a row for each request", () => {
  assert.deepEqual(ROWS.map(({ name }) => name).sort(), Object.keys(REQUESTS).sort());
});

test("a dry run is one: after all these writes everything is as it was", async () => {
  for (const kind of ["HTTPRoute", "Secret"]) {
    const { items } = await teams.objects.list({ kind, namespace: "shop" });
    assert.equal(items.length, 1);
    assert.equal(items[0]?.metadata.labels?.x, undefined);
  }
  assert.deepEqual((await teams.objects.list({ kind: "Platform" })).items, []);
});

/** What every stranger is asked for. */
async function assertUnknown(client: ApiClient): Promise<void> {
  for (const { name, asked } of ROWS) {
    const answer = await client.fetch(asked.path, asked.init);
    assert.equal(answer.status, 401, name);
    assert.equal(answer.json().reason, "Unauthorized", name);
    assert.doesNotMatch(answer.text, /shop|front|admin|expired|exist/, "it isn't told why");
  }
}

const BAD_TOKENS = ["x", "Bearer", "lbt_made_up", `lbt_bootstrap-admin_${"a".repeat(43)}_00000000`, "a".repeat(20_000)];

test("who has no credential, or a wrong one, gets 401 for everything, and always in the same words", async () => {
  const { estate } = teams;
  for (const token of BAD_TOKENS) {
    using stranger = teams.withToken(token);
    assert.equal((await stranger.client.fetch("/apis")).status, 401);
  }
  await assertUnknown(teams.withToken("x").client);
  for (const authorization of [
    undefined,
    "",
    "Basic YWRtaW46YWRtaW4=",
    `Token ${estate.admin.token}`,
    `Bearer ${estate.admin.token} x`,
  ]) {
    const headers = authorization === undefined ? {} : { authorization };
    assert.equal((await estate.fetch("/apis", { token: null, headers })).status, 401, authorization);
  }
  assert.equal((await estate.fetch("/healthz", { token: null })).status, 200, "whether it lives everybody may know");
});

test("a token that has ended is worth nothing", async () => {
  const spec = {
    user: "admin",
    groups: ["system:masters"],
    expirationTimestamp: new Date(Date.now() + 1_500).toISOString(),
  };
  const made = await teams.objects.make(manifest("AccessToken", "", "short", { spec }));
  using late = teams.withToken(String(made.status?.token));
  assert.equal((await late.client.fetch("/apis")).status, 200);
  await waitFor("its end", async () => (await late.client.fetch("/apis")).status === 401);
  await assertUnknown(late.client);
});

test("a certificate of the API's authority is who it says, until it ends; one of any other authority is nobody's", async () => {
  const issue = (user: string, groups: readonly string[], days: number) =>
    issueCertificate(teams.estate.admin.client, { user, groups, days });
  using viewer = clientWithCertificate(teams.estate.endpoint, await issue("viewer", [], 1));
  using shop = clientWithCertificate(teams.estate.endpoint, await issue("shop", [], 1));
  for (const [client, who] of [
    [viewer, "viewer"],
    [shop, "shop"],
  ] as const) {
    for (const { name, asked, expected } of ROWS)
      assert.equal(await codeOf(client, asked), expected[who], `${who}: ${name}`);
  }
  const other = await makeAuthority("Landbridge API authority");
  const { certificate, key } = await other.issue({ dnsNames: ["admin"], usage: ["client"] });
  const forged: IssuedCertificate = { certificate, key };
  using stranger = clientWithCertificate(teams.estate.endpoint, forged);
  await assertUnknown(stranger);
  using brief = clientWithCertificate(teams.estate.endpoint, await issue("admin", ["system:masters"], 2 / 86_400));
  assert.equal((await brief.fetch("/apis")).status, 200);
  await waitFor("its end", async () => (await brief.fetch("/apis")).status === 401);
  await assertUnknown(brief);
});

test("a good certificate doesn't help a bad token", async () => {
  const issued = await issueCertificate(teams.estate.admin.client, {
    user: "admin",
    groups: ["system:masters"],
    days: 1,
  });
  using client = clientWithCertificate(teams.estate.endpoint, issued);
  assert.equal((await client.fetch("/apis", { token: "x" })).status, 401);
});
