import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ApiEstate, type ApiUser } from "../support/api-estate.ts";
import { makeAuthority } from "../support/certificates.ts";

let estate: ApiEstate;
let ann: ApiUser;

before(async () => {
  estate = await ApiEstate.start();
  await estate.mustKubectl("create", "namespace", "shop");
  ann = await estate.kubeconfigFor("ann", ["team-shop"]);
});
after(() => estate[Symbol.asyncDispose]());

interface Creation {
  /** As kubectl reports it: "service/web". */
  readonly name: string;
  readonly args: readonly string[];
}

function creation(name: string, ...args: readonly string[]): Creation {
  return { name, args };
}

const NAMESPACED: readonly Creation[] = [
  creation("secret/empty", "secret", "generic", "empty"),
  creation("secret/words", "secret", "generic", "words", "--from-literal=a=b", "--from-literal=b=größe", "--type=x/y"),
  creation("secret/pull", "secret", "docker-registry", "pull", "--docker-username=ann", "--docker-password=hush"),
  creation("service/web", "service", "clusterip", "web", "--tcp=80:8080", "--tcp=443:https"),
  creation("service/headless", "service", "clusterip", "headless", "--clusterip=None"),
  creation("service/node", "service", "nodeport", "node", "--tcp=80:8080", "--node-port=30080"),
  creation("service/balanced", "service", "loadbalancer", "balanced", "--tcp=80"),
  creation("service/alias", "service", "externalname", "alias", "--external-name=shop.example.com"),
  creation(
    "role/reader",
    "role",
    "reader",
    "--verb=get,list",
    "--resource=httproutes.gateway.networking.k8s.io,secrets",
  ),
  creation("role/one", "role", "one", "--verb=patch", "--resource=gateways/status", "--resource-name=edge"),
  creation(
    "rolebinding/readers",
    ...["rolebinding", "readers", "--role=reader", "--user=bob", "--group=team-shop", "--serviceaccount=shop:robot"],
  ),
  creation("rolebinding/viewers", "rolebinding", "viewers", "--clusterrole=view", "--user=bob"),
];

const CLUSTER_WIDE: readonly Creation[] = [
  creation("namespace/depot", "namespace", "depot"),
  creation("clusterrole/reader", "clusterrole", "reader", "--verb=get,watch", "--resource=gateways,secrets"),
  creation("clusterrole/scraper", "clusterrole", "scraper", "--verb=get", "--non-resource-url=/metrics,/healthz/*"),
  creation("clusterrole/sum", "clusterrole", "sum", "--aggregation-rule=part=of,the=sum"),
  creation(
    "clusterrolebinding/scrapers",
    ...["clusterrolebinding", "scrapers", "--clusterrole=scraper", "--user=prometheus", "--serviceaccount=shop:robot"],
  ),
];

/** What the object says, apart from what the API adds and what Kubernetes alone keeps. */
function contentOf(json: string): unknown {
  const { metadata, status: _, ...content } = JSON.parse(json) as Record<string, Record<string, unknown>>;
  return withoutNulls({ ...content, metadata: { name: metadata?.name, labels: metadata?.labels } });
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([, field]) => field !== null && field !== undefined);
  return Object.fromEntries(kept.map(([key, field]) => [key, withoutNulls(field)]));
}

async function assertCreated({ name, args }: Creation, ...where: readonly string[]): Promise<void> {
  const meant = await estate.mustKubectl("create", ...args, ...where, "--dry-run=client", "-o", "json");
  const created = await estate.kubectl("create", ...args, ...where, "-v=8");
  assert.match(created.out, /created$/m, created.err);
  assert.match(created.err, /Content-Type: application\/vnd\.kubernetes\.protobuf/i);
  const stored = await estate.mustKubectl("get", name, ...where, "-o", "json");
  assert.deepEqual(contentOf(stored), contentOf(meant), name);
}

for (const each of NAMESPACED) {
  test(`kubectl create ${each.args.join(" ")} makes in a namespace what kubectl says it would`, () =>
    assertCreated(each, "-n", "shop"));
}

for (const each of CLUSTER_WIDE) {
  test(`kubectl create ${each.args.join(" ")} makes what kubectl says it would`, () => assertCreated(each));
}

test("kubectl create secret tls stores the certificate and its key as they are", async () => {
  const authority = await makeAuthority();
  const { certificate, key } = await authority.issue({ dnsNames: ["shop.example.com"] });
  const files = { cert: join(estate.base, "tls.crt"), key: join(estate.base, "tls.key") };
  writeFileSync(files.cert, certificate);
  writeFileSync(files.key, key);
  await assertCreated(
    creation("secret/tls", "secret", "tls", "tls", `--cert=${files.cert}`, `--key=${files.key}`),
    ...["-n", "shop"],
  );
});

test("a dry run on the server answers with the object and makes none", async () => {
  const args = ["create", "namespace", "planned", "--dry-run=server"] as const;
  assert.equal(await estate.mustKubectl(...args), "namespace/planned created (server dry run)\n");
  assert.match((await estate.kubectl("get", "namespace", "planned")).err, /NotFound/);
});

test("what is wrong with an object is told as for any other", async () => {
  const again = await estate.kubectl("create", "namespace", "shop");
  assert.match(again.err, /\(AlreadyExists\): namespaces "shop" already exists/);
  const unnamed = await estate.kubectl("create", "namespace", "Not_A_Name");
  assert.match(unnamed.err, /"Not_A_Name" is invalid: metadata\.name:/);
  const nowhere = await estate.kubectl("create", "secret", "generic", "a", "-n", "nowhere");
  assert.match(nowhere.err, /namespaces "nowhere" not found/);
  const unknownKind = await estate.kubectl("create", "configmap", "a", "-n", "shop");
  assert.match(unknownKind.err, /\(NotFound\)|could not find the requested resource/);
});

test("kubectl auth reconcile updates roles and bindings as they are sent", async () => {
  const role = (verbs: readonly string[]) =>
    JSON.stringify({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "Role",
      metadata: { name: "reconciled", namespace: "shop", labels: { a: "b" } },
      rules: [{ apiGroups: [""], resources: ["services"], verbs }],
    });
  for (const verbs of [["get"], ["get", "list"]]) {
    const done = await estate.admin.kubectl.run(["auth", "reconcile", "-f", "-"], { stdin: role(verbs) });
    assert.equal(done.code, 0, done.err);
    const stored = await estate.mustKubectl("get", "role", "reconciled", "-n", "shop", "-o", "json");
    const { rules } = JSON.parse(stored) as { readonly rules: readonly { readonly verbs: readonly string[] }[] };
    assert.deepEqual(rules.flatMap((rule) => rule.verbs).sort(), verbs);
  }
});

test("kubectl auth can-i says yes and no, by its exit code too", async () => {
  await estate.mustKubectl("create", "role", "shopkeeper", "--verb=get", "--resource=services", "-n", "shop");
  await estate.mustKubectl("create", "rolebinding", "shopkeepers", "--role=shopkeeper", "--user=ann", "-n", "shop");
  const asked: readonly (readonly [readonly string[], "yes" | "no"])[] = [
    [["get", "services", "-n", "shop"], "yes"],
    [["get", "service/web", "-n", "shop"], "yes"],
    [["get", "services", "-n", "depot"], "no"],
    [["delete", "services", "-n", "shop"], "no"],
    [["get", "services", "--subresource=status", "-n", "shop"], "no"],
    [["get", "/metrics"], "no"],
  ];
  for (const [question, answer] of asked) {
    const { out, code, err } = await ann.kubectl.run(["auth", "can-i", ...question]);
    // Behind a no may stand why.
    assert.match(out, new RegExp(`^${answer}( - .+)?$`, "m"), `${question.join(" ")}: ${err}`);
    assert.equal(code, answer === "yes" ? 0 : 1);
  }
  assert.equal((await estate.mustKubectl("auth", "can-i", "get", "/metrics")).trim(), "yes");
});

test("kubectl auth can-i --list names what somebody may do in a namespace", async () => {
  await estate.mustKubectl("create", "role", "gatekeeper", "--verb=get", "--resource=gateways", "-n", "shop");
  await estate.mustKubectl("create", "rolebinding", "gatekeepers", "--role=gatekeeper", "--user=ann", "-n", "shop");
  const { out, err } = await ann.kubectl.run(["auth", "can-i", "--list", "-n", "shop"]);
  assert.match(out, /^gateways\.gateway\.networking\.k8s\.io +\[\] +\[\] +\[get\]$/m, err);
  assert.doesNotMatch(out, /^\*/m);
  assert.doesNotMatch(err, /warning/i);
  assert.match(await estate.mustKubectl("auth", "can-i", "--list"), /^\*\.\* +\[\] +\[\] +\[\*\]$/m);
});

test("kubectl auth whoami says who somebody is", async () => {
  const { out, err } = await ann.kubectl.run(["auth", "whoami"]);
  assert.match(out, /^Username +ann$/m, err);
  assert.match(out, /^Groups +\[team-shop system:authenticated\]$/m);
});

test("options of a deletion in protobuf are read", async () => {
  const made = await estate.fetch("/api/v1/namespaces/shop/secrets", {
    method: "POST",
    json: { apiVersion: "v1", kind: "Secret", metadata: { name: "kept" } },
  });
  assert.equal(made.status, 201, made.text);
  // DeleteOptions in version v1 with the resourceVersion "1" as its precondition, as client-go sends it.
  const body = Buffer.from(`k8s\0\n\x13\n\x02v1\x12\rDeleteOptions\x12\x05\x12\x03\x12\x011`, "latin1");
  const headers = { "content-type": "application/vnd.kubernetes.protobuf" };
  const refused = await estate.fetch("/api/v1/namespaces/shop/secrets/kept", { method: "DELETE", headers, body });
  assert.equal(refused.status, 409, refused.text);
});

test("a body that is cut off is a bad request, and of a kind that isn't read an unsupported one", async () => {
  const headers = { "content-type": "application/vnd.kubernetes.protobuf" };
  const post = (body: string) => estate.fetch("/api/v1/namespaces", { method: "POST", headers, body });
  const cut = await post("k8s\0\n\x0f\n\x02v1\x12\tNamespace\x12\x7f");
  assert.deepEqual([cut.status, cut.json().reason], [400, "BadRequest"]);
  const other = await post("k8s\0\n\x09\n\x02v1\x12\x03Pod");
  assert.deepEqual([other.status, other.json().reason], [415, "UnsupportedMediaType"]);
  assert.match(String(other.json().message), /"v1 Pod".*application\/json/);
});
