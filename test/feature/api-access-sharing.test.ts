/** What the right to write objects doesn't include: listeners, hosts and backends of others, and rights that one doesn't have. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { manifest, outcomeOf, statusOf } from "../support/api-objects.ts";
import { bindingTo, type Person, TeamEstate } from "../support/team-estate.ts";
import { waitFor } from "../support/wait-for.ts";

let teams: TeamEstate;
let shop: Person;

before(async () => {
  teams = await TeamEstate.start();
  shop = teams.person("shop");
});
after(() => teams[Symbol.asyncDispose]());

interface RouteSpec {
  readonly hosts?: readonly string[];
  readonly listener?: string;
  readonly gateway?: string;
}

function routeTo(name: string, { hosts = ["shop.example.com"], listener = "http", gateway = "edge" }: RouteSpec = {}) {
  const parentRefs = [{ name: gateway, namespace: "infra", ...(listener === "" ? {} : { sectionName: listener }) }];
  return manifest("HTTPRoute", "shop", name, {
    spec: { parentRefs, hostnames: hosts, rules: [{ backendRefs: [{ name: "web", port: 80 }] }] },
  });
}

const GIVEN = {
  listener: {
    apiGroups: ["landbridge.dev"],
    resources: ["listeners"],
    resourceNames: ["infra:edge:http"],
    verbs: ["attach"],
  },
  hosts: {
    apiGroups: ["landbridge.dev"],
    resources: ["hostnames"],
    resourceNames: ["shop.example.com", "*.shop.example.com"],
    verbs: ["use"],
  },
};

const takeBack = async (name: string) => {
  await teams.objects.remove({ kind: "RoleBinding", namespace: "shop", name });
  await teams.objects.remove({ kind: "Role", namespace: "shop", name });
};

test("a team attaches to a listener and uses a host once a Role gives both, and no longer than that", async () => {
  const refused = await shop.objects.create(routeTo("one"));
  assert.equal(outcomeOf(refused), "403 Forbidden");
  assert.match(
    String(statusOf(refused).message),
    /listener "http" of Gateway infra\/edge.*LB7201.*host "shop\.example\.com".*LB7202.*rule \{ apiGroups/,
  );
  await teams.give("shop", "shop", "host", [GIVEN.hosts]);
  assert.match(outcomeOf(await shop.objects.create(routeTo("one"))), /403/, "the host alone isn't enough");
  await teams.give("shop", "shop", "listener", [GIVEN.listener]);
  assert.equal(outcomeOf(await shop.objects.create(routeTo("one"))), "201");
  await takeBack("host");
  assert.match(outcomeOf(await shop.objects.create(routeTo("two"))), /403/);
  const kept = await shop.objects.patch(
    { kind: "HTTPRoute", namespace: "shop", name: "one" },
    { metadata: { labels: { a: "b" } } },
  );
  assert.equal(outcomeOf(kept), "200", "what it had it keeps");
  await takeBack("listener");
});

/** With both of GIVEN. */
const ATTEMPTS: readonly (readonly [what: string, spec: RouteSpec, isGiven: boolean])[] = [
  ["the host itself", { hosts: ["shop.example.com"] }, true],
  ["a host below the wildcard", { hosts: ["a.shop.example.com"] }, true],
  ["one further below", { hosts: ["a.b.shop.example.com"] }, true],
  ["the wildcard", { hosts: ["*.shop.example.com"] }, true],
  ["a wildcard below", { hosts: ["*.b.shop.example.com"] }, true],
  ["a host of others", { hosts: ["pay.example.com"] }, false],
  ["a host beside one that is given", { hosts: ["shop.example.com", "pay.example.com"] }, false],
  ["a host that ends like it", { hosts: ["evilshop.example.com"] }, false],
  ["a host that begins like it", { hosts: ["shop.example.com.evil.org"] }, false],
  ["a wider wildcard", { hosts: ["*.example.com"] }, false],
  ["every host", { hosts: [] }, false],
  ["another listener", { listener: "admin" }, false],
  ["all listeners of the Gateway", { listener: "" }, false],
  ["another Gateway's listener", { gateway: "inner" }, false],
];

test("a wildcard gives what is below it, and nothing that only looks like it", async () => {
  await teams.give("shop", "shop", "given", [GIVEN.listener, GIVEN.hosts]);
  for (const [what, spec, isGiven] of ATTEMPTS) {
    const created = await shop.objects.create(routeTo("try", spec), "?dryRun=All");
    assert.equal(outcomeOf(created), isGiven ? "201" : "403 Forbidden", what);
  }
});

test("by no way of writing does a route get what isn't given: update, patches, another version, the default Gateways", async () => {
  const place = { kind: "HTTPRoute", namespace: "shop", name: "way" };
  assert.equal(outcomeOf(await shop.objects.create(routeTo("way"))), "201");
  const stolen = routeTo("way", { hosts: ["pay.example.com"] });
  const { spec } = stolen as unknown as { spec: object };
  const put = (version: string) =>
    shop.client.fetch(`/apis/gateway.networking.k8s.io/${version}/namespaces/shop/httproutes/way`, {
      method: "PUT",
      json: { ...stolen, apiVersion: `gateway.networking.k8s.io/${version}` },
    });
  const answers = [
    await put("v1"),
    await shop.objects.patch(place, { spec }),
    await shop.objects.patch(place, { spec: { hostnames: null } }),
    await shop.objects.patch(place, [{ op: "add", path: "/spec/hostnames/0", value: "pay.example.com" }], "json-patch"),
    await shop.objects.patch(place, [{ op: "remove", path: "/spec/hostnames" }], "json-patch"),
    await shop.objects.patch(place, { spec: { parentRefs: null, useDefaultGateways: "All" } }),
    await shop.objects.patch(place, { spec: { parentRefs: [{ name: "edge", namespace: "infra", port: 80 }] } }),
  ];
  for (const [index, answer] of answers.entries())
    assert.equal(outcomeOf(answer), "403 Forbidden", `${index}: ${answer.text}`);
  const beta = await put("v1beta1");
  assert.match(outcomeOf(beta), /^40[34]/);
  assert.deepEqual((await teams.objects.read(place)).spec?.hostnames, ["shop.example.com"]);
});

test("a platform's namespace of others isn't a team's to use, and every platform is; without the role none is", async () => {
  await teams.objects.make(
    manifest("Platform", "", "dc", {
      spec: { type: "Static", static: { services: [{ name: "web", endpoints: ["127.0.0.1:1"] }] } },
    }),
  );
  const hybrid = (name: string, backend: object) =>
    manifest("HybridService", "shop", name, {
      spec: {
        port: 80,
        backends: [{ name: "a", platform: "dc", service: "web", ...backend }],
        split: [{ backend: "a", weight: 100 }],
      },
    });
  assert.equal(outcomeOf(await shop.objects.create(hybrid("own", {}), "?dryRun=All")), "201");
  const theirs = await shop.objects.create(hybrid("theirs", { namespace: "pay" }), "?dryRun=All");
  assert.equal(outcomeOf(theirs), "403 Forbidden");
  assert.match(String(statusOf(theirs).message), /LB7203/);
  const bare = await teams.personNamed("bare");
  await teams.give("bare", "shop", "bare", [
    { apiGroups: ["landbridge.dev"], resources: ["hybridservices"], verbs: ["*"] },
  ]);
  assert.equal(outcomeOf(await bare.objects.create(hybrid("own", {}), "?dryRun=All")), "403 Forbidden");
});

const SERVICES_RULE = { apiGroups: [""], resources: ["services"], verbs: ["get"] };

test("who may write Roles and bindings in a namespace gives nobody more than what they hold there", async () => {
  const lead = await teams.personNamed("lead");
  const write = {
    apiGroups: ["rbac.authorization.k8s.io"],
    resources: ["roles", "rolebindings"],
    verbs: ["create", "update", "patch"],
  };
  await teams.give("lead", "shop", "lead", [write, SERVICES_RULE]);
  const role = (name: string, ...rules: readonly object[]) => manifest("Role", "shop", name, { rules });
  const bind = (roleKind: "Role" | "ClusterRole", name: string, user = "lead") =>
    bindingTo("RoleBinding", "shop", `to-${name.replace(":", "-")}`, roleKind, name, user);
  const create = async (object: ReturnType<typeof manifest>) => outcomeOf(await lead.objects.create(object));
  assert.equal(await create(role("same", SERVICES_RULE)), "201");
  assert.equal(await create(bind("Role", "same", "friend")), "201");
  const more: readonly object[] = [
    { apiGroups: [""], resources: ["secrets"], verbs: ["get"] },
    { apiGroups: [""], resources: ["services"], verbs: ["*"] },
    { apiGroups: [""], resources: ["*"], verbs: ["get"] },
    { apiGroups: ["*"], resources: ["services"], verbs: ["get"] },
    { apiGroups: [""], resources: ["services/status"], verbs: ["get"] },
    { apiGroups: ["landbridge.dev"], resources: ["hostnames"], verbs: ["use"] },
    { apiGroups: ["rbac.authorization.k8s.io"], resources: ["clusterroles"], verbs: ["bind"] },
    { apiGroups: [""], resources: ["users"], verbs: ["impersonate"] },
  ];
  for (const rule of more) {
    assert.equal(await create(role("more", SERVICES_RULE, rule)), "403 Forbidden", JSON.stringify(rule));
    const place = { kind: "Role", namespace: "shop", name: "same" };
    assert.equal(outcomeOf(await lead.objects.patch(place, { rules: [rule] })), "403 Forbidden", JSON.stringify(rule));
    const added = [{ op: "add", path: "/rules/-", value: rule }];
    assert.equal(outcomeOf(await lead.objects.patch(place, added, "json-patch")), "403 Forbidden");
  }
  for (const name of ["admin", "team", "operator", "viewer", "none"])
    assert.equal(await create(bind("ClusterRole", `landbridge:${name}`)), "403 Forbidden", name);
  assert.equal(
    await create(bind("Role", "none")),
    "403 Forbidden",
    "whoever makes that Role later doesn't know for whom",
  );
  const elsewhere = [
    bindingTo("RoleBinding", "pay", "x", "Role", "same", "lead"),
    bindingTo("ClusterRoleBinding", "", "x", "ClusterRole", "landbridge:viewer", "lead"),
    manifest("ClusterRole", "", "x", { rules: [SERVICES_RULE] }),
  ];
  for (const object of elsewhere) assert.equal(await create(object), "403 Forbidden");
  const built = await lead.objects.patch({ kind: "ClusterRole", name: "landbridge:team" }, { rules: [] });
  assert.equal(outcomeOf(built), "403 Forbidden");
});

test("bind and escalate are rights of their own, and give what they say", async () => {
  const giver = await teams.personNamed("giver");
  const rbac = "rbac.authorization.k8s.io";
  await teams.give("giver", "shop", "giver", [
    { apiGroups: [rbac], resources: ["roles", "rolebindings"], verbs: ["create"] },
    { apiGroups: [rbac], resources: ["clusterroles"], resourceNames: ["landbridge:team"], verbs: ["bind"] },
  ]);
  const bind = (role: string) =>
    giver.objects.create(
      bindingTo("RoleBinding", "shop", role.replace(":", "-"), "ClusterRole", role, "new"),
      "?dryRun=All",
    );
  assert.equal(outcomeOf(await bind("landbridge:team")), "201");
  assert.equal(outcomeOf(await bind("landbridge:operator")), "403 Forbidden");
  const role = manifest("Role", "shop", "all", { rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }] });
  assert.equal(outcomeOf(await giver.objects.create(role, "?dryRun=All")), "403 Forbidden");
  await teams.give("giver", "shop", "escalate", [{ apiGroups: [rbac], resources: ["roles"], verbs: ["escalate"] }]);
  assert.equal(outcomeOf(await giver.objects.create(role, "?dryRun=All")), "201");
});

test("an aggregated role is nobody's to make who doesn't hold everything: its members may come later", async () => {
  const maker = await teams.personNamed("maker");
  await teams.objects.make(
    manifest("ClusterRole", "", "maker", {
      rules: [{ apiGroups: ["rbac.authorization.k8s.io"], resources: ["clusterroles"], verbs: ["*"] }],
    }),
  );
  await teams.bindEverywhere("maker", "maker");
  const aggregated = manifest("ClusterRole", "", "sum", {
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: "b" } }] },
  });
  // "*" of clusterroles has escalate in it.
  assert.equal(outcomeOf(await maker.objects.create(aggregated, "?dryRun=All")), "201");
  await teams.objects.patch(
    { kind: "ClusterRole", name: "maker" },
    {
      rules: [
        {
          apiGroups: ["rbac.authorization.k8s.io"],
          resources: ["clusterroles"],
          verbs: ["create", "update", "patch", "get"],
        },
      ],
    },
  );
  await waitFor(
    "its rights to shrink",
    async () => outcomeOf(await maker.objects.create(aggregated, "?dryRun=All")) === "403 Forbidden",
  );
});

test("who may make tokens makes them for themselves, with groups that they are in, and for nobody else", async () => {
  const agent = await teams.personNamed("agent", ["team-agents"]);
  await teams.objects.make(
    manifest("ClusterRole", "", "tokens", {
      rules: [
        {
          apiGroups: ["landbridge.dev"],
          resources: ["accesstokens"],
          verbs: ["create", "update", "patch", "get", "delete"],
        },
        { nonResourceURLs: ["/landbridge/v1/certificates"], verbs: ["post"] },
      ],
    }),
  );
  await teams.bindEverywhere("agent", "tokens");
  const issue = (spec: object) =>
    agent.objects.create(manifest("AccessToken", "", { generateName: "t-" }, { spec }), "?dryRun=All");
  const certify = (order: object) => agent.client.fetch("/landbridge/v1/certificates", { method: "POST", json: order });
  for (const [user, groups, isOwn] of [
    ["agent", [], true],
    ["agent", ["team-agents"], true],
    ["agent", ["team-agents", "system:masters"], false],
    ["agent", ["team-shop"], false],
    ["admin", [], false],
    ["landbridge:bootstrap-admin", [], false],
  ] as const) {
    assert.equal(outcomeOf(await issue({ user, groups })), isOwn ? "201" : "403 Forbidden", `${user} ${groups}`);
    assert.equal((await certify({ user, groups })).status, isOwn ? 200 : 403, `${user} ${groups}`);
  }
  const others = (await teams.objects.list({ kind: "AccessToken" })).items.filter(({ spec }) => spec?.user === "admin");
  const [admins] = others;
  assert.ok(admins);
  const mine = "0".repeat(64);
  for (const patch of [
    { spec: { hash: mine } },
    { spec: { expirationTimestamp: null } },
    { metadata: { labels: { a: "b" } } },
  ]) {
    const answer = await agent.objects.patch({ kind: "AccessToken", name: admins.metadata.name }, patch);
    assert.equal(outcomeOf(answer), "403 Forbidden");
  }
});
