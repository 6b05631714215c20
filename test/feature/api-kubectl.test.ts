/** What people read with kubectl: objects in all forms, what changes, what there is and what it is for. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ApiEstate } from "../support/api-estate.ts";
import { manifest, ObjectRequests, route, secret, service } from "../support/api-objects.ts";
import { Printed } from "../support/command-line.ts";
import { serviceYaml } from "../support/test-estate.ts";
import { waitFor } from "../support/wait-for.ts";

let estate: ApiEstate;
let objects: ObjectRequests;

before(async () => {
  estate = await ApiEstate.start();
  objects = new ObjectRequests((path, init) => estate.fetch(path, init));
  for (const name of ["shop", "depot"]) await objects.make(manifest("Namespace", "", name));
  const yaml = serviceYaml("front", "front.test", { vm: { port: 7001, weight: 90 }, k8s: { port: 7002, weight: 10 } });
  const { code, err } = await estate.admin.kubectl.run(["create", "-f", "-"], { stdin: yaml });
  assert.equal(code, 0, err);
  await objects.make(service("shop", { name: "web", labels: { tier: "front", team: "a" } }, 8080));
  await objects.make(service("shop", { name: "cart", labels: { tier: "back", team: "a" } }));
  await objects.make(service("depot", { name: "stock", labels: { tier: "back", team: "b" } }));
  await objects.make(secret("shop", "key", { password: "hush" }));
});
after(() => estate[Symbol.asyncDispose]());

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}

/** The cells of a table without the ages, which go on. */
async function rows(...args: readonly string[]): Promise<string[][]> {
  const printed = lines(await estate.mustKubectl("get", ...args));
  return printed.map((line) =>
    line
      .trim()
      .split(/ {2,}|(?<=^\S*) (?=\S+$)/)
      .map((cell) => (/^\d+[smh]/.test(cell) ? "<age>" : cell)),
  );
}

/** What a kubectl that goes on prints. */
function printedBy(...args: readonly string[]) {
  const printed = new Printed(estate.admin.kubectl.start(args).stdout);
  const text = () => printed.text;
  return { text, has: (pattern: RegExp) => waitFor(`${pattern}`, () => pattern.test(printed.text), { last: text }) };
}

test("get prints the columns that people know, for one namespace or all", async () => {
  assert.deepEqual(await rows("services", "-n", "shop"), [
    ["NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE"],
    ["cart", "ClusterIP", "None", "<none>", "80/TCP", "<age>"],
    ["web", "ClusterIP", "None", "<none>", "8080/TCP", "<age>"],
  ]);
  assert.deepEqual(
    (await rows("services", "-A")).map(([namespace, name]) => `${namespace}/${name}`),
    ["NAMESPACE/NAME", "depot/stock", "shop/cart", "shop/web"],
  );
  assert.deepEqual(await rows("hybridservice", "front", "-n", "shop"), [
    ["NAME", "PORT", "PROTOCOL", "SPLIT", "ACCEPTED", "PROGRAMMED", "AGE"],
    ["front", "80", "HTTP", "vm 90%, k8s 10%", "True", "True", "<age>"],
  ]);
});

test("get -o wide has more columns, -o name the names alone", async () => {
  const [header, row] = await rows("hybridservice", "front", "-n", "shop", "-o", "wide");
  assert.deepEqual([header?.at(-1), row?.at(-1)], ["BACKENDS", "vm@front,k8s@front"]);
  assert.deepEqual(lines(await estate.mustKubectl("get", "svc,httproute", "-n", "shop", "-o", "name")), [
    "service/cart",
    "service/web",
    "httproute.gateway.networking.k8s.io/front",
  ]);
});

test("get -o json and -o yaml give the object as it is kept, with its status", async () => {
  const json = JSON.parse(await estate.mustKubectl("get", "httproute", "front", "-n", "shop", "-o", "json"));
  assert.deepEqual(json.spec.hostnames, ["front.test"]);
  assert.equal(json.metadata.generation, 1);
  assert.equal(json.status.parents[0].controllerName, "landbridge.dev/gateway-controller");
  const yaml = await estate.mustKubectl("get", "httproute", "front", "-n", "shop", "-o", "yaml");
  assert.match(yaml, /^ {2}hostnames:\n {2}- front\.test$/m);
  assert.match(yaml, /^ {6}reason: NoMatchingParent$/m);
  const path = "jsonpath={.data.password}";
  assert.equal(await estate.mustKubectl("get", "secret", "key", "-n", "shop", "-o", path), "aHVzaA==");
});

test("get -l and --field-selector choose", async () => {
  const names = async (...args: readonly string[]) =>
    lines(await estate.mustKubectl("get", "services", "-A", "-o", "name", ...args));
  assert.deepEqual(await names("-l", "tier=back"), ["service/stock", "service/cart"]);
  assert.deepEqual(await names("-l", "tier in (front,back),team!=b"), ["service/cart", "service/web"]);
  assert.deepEqual(await names("-l", "!tier"), []);
  assert.deepEqual(await names("--field-selector", "metadata.name=web"), ["service/web"]);
  assert.deepEqual(await names("--field-selector", "metadata.namespace!=shop"), ["service/stock"]);
  const unknown = await estate.kubectl("get", "services", "--field-selector", "spec.colour=red");
  assert.match(unknown.err, /BadRequest.*field label not supported: spec\.colour/);
});

test("several kinds, short names, the category and other versions find what they mean", async () => {
  const several = await estate.mustKubectl("get", "ns,plat,hsvc", "-A", "-o", "name");
  assert.deepEqual(lines(several).sort(), [
    "hybridservice.landbridge.dev/front",
    "namespace/default",
    "namespace/depot",
    "namespace/shop",
    "platform.landbridge.dev/front",
  ]);
  assert.deepEqual(lines(await estate.mustKubectl("get", "landbridge", "-A", "-o", "name")).sort(), [
    "hybridservice.landbridge.dev/front",
    "platform.landbridge.dev/front",
  ]);
  const older = "httproutes.v1beta1.gateway.networking.k8s.io";
  const beta = JSON.parse(await estate.mustKubectl("get", older, "front", "-n", "shop", "-o", "json"));
  assert.equal(beta.apiVersion, "gateway.networking.k8s.io/v1beta1");
  assert.deepEqual(beta.spec.hostnames, ["front.test"]);
  assert.match(await estate.mustKubectl("get", older, "-A"), /front\.test/);
});

test("what isn't there is NotFound, by its kind and by its name", async () => {
  const { code, err } = await estate.kubectl("get", "httproute", "nobody", "-n", "shop");
  assert.deepEqual(
    [code, err.trim()],
    [1, 'Error from server (NotFound): httproutes.gateway.networking.k8s.io "nobody" not found'],
  );
  assert.match((await estate.kubectl("get", "pods")).err, /doesn't have a resource type "pods"/);
});

test("get -w prints each change and goes on", async () => {
  await objects.make(service("depot", "watched"));
  const printed = printedBy("get", "services", "watched", "-n", "depot", "-w");
  await printed.has(/^watched .* 80\/TCP/m);
  await objects.patch({ kind: "Service", namespace: "depot", name: "watched" }, { spec: { type: "NodePort" } });
  await printed.has(/^watched +NodePort/m);
  await objects.remove({ kind: "Service", namespace: "depot", name: "watched" });
  await printed.has(/^watched +NodePort.*\nwatched +NodePort/m);
  assert.equal(lines(printed.text()).filter((line) => line.startsWith("NAME")).length, 1);
});

test("get -w --output-watch-events says what each change is", async () => {
  const printed = printedBy("get", "svc", "-n", "depot", "-w", "--output-watch-events");
  await printed.has(/^ADDED +stock /m);
  await objects.make(service("depot", "passing"));
  await objects.remove({ kind: "Service", namespace: "depot", name: "passing" });
  await printed.has(/^ADDED +passing .*\nDELETED +passing /m);
});

test("explain tells what our kinds and fields are for, in our words", async () => {
  const spec = await estate.mustKubectl("explain", "hybridservice.spec.split");
  assert.match(spec, /GROUP: +landbridge\.dev\nKIND: +HybridService\nVERSION: +v1alpha1/);
  assert.match(spec, /Shares of the traffic/);
  assert.match(spec, /^ {2}backend\t<string> -required-$/m);
  assert.match(await estate.mustKubectl("explain", "platform"), /DESCRIPTION:\n +\S+/);
  assert.match(await estate.mustKubectl("explain", "httproute.spec.rules.timeouts.request"), /FIELD: request <string>/);
  assert.match(
    await estate.mustKubectl("explain", "gateway", "--api-version=gateway.networking.k8s.io/v1beta1"),
    /VERSION: +v1beta1/,
  );
  assert.match(await estate.mustKubectl("explain", "accesstoken", "--recursive"), /expirationTimestamp/);
  assert.match((await estate.kubectl("explain", "platform.spec.colour")).err, /field "colour" does not exist/);
});

test("api-resources and api-versions list what is served", async () => {
  const resources = lines(await estate.mustKubectl("api-resources", "--no-headers"));
  const found = resources.map((line) => line.trim().split(/ +/).at(-1));
  for (const kind of ["Gateway", "HTTPRoute", "HybridService", "Platform", "AccessToken", "Secret", "Event", "Role"])
    assert.ok(found.includes(kind), kind);
  const ours = await estate.mustKubectl("api-resources", "--api-group=landbridge.dev", "-o", "wide");
  assert.match(ours, /^hybridservices +hsvc +landbridge\.dev\/v1alpha1 +true +HybridService +create,delete,/m);
  const readable = await estate.mustKubectl("api-resources", "--verbs=create", "-o", "name");
  assert.doesNotMatch(readable, /^events$/m);
  assert.deepEqual(lines(await estate.mustKubectl("api-versions")), [
    "authentication.k8s.io/v1",
    "authorization.k8s.io/v1",
    "discovery.k8s.io/v1",
    "gateway.networking.k8s.io/v1",
    "gateway.networking.k8s.io/v1beta1",
    "landbridge.dev/v1alpha1",
    "rbac.authorization.k8s.io/v1",
    "v1",
  ]);
});

test("events and describe show what became of an object", async () => {
  const orphan = route("shop", "orphan", "orphan.test");
  await objects.make({
    ...orphan,
    spec: { ...(orphan.spec as object), rules: [{ backendRefs: [{ name: "gone", port: 80 }] }] },
  });
  const { out } = await estate.kubectl("describe", "httproute", "orphan", "-n", "shop");
  assert.match(out, /^Spec:\n {2}Hostnames:\n {4}orphan\.test$/m);
  assert.match(out, /^Events:\n.*\n.*\n(.*\n)* {2}Warning {2}BackendNotFound .* landbridge +ResolvedRefs: .*gone/m);
  const events = await estate.mustKubectl("events", "-n", "shop", "--for=httproute/orphan");
  assert.match(events, /Warning +BackendNotFound +HTTPRoute\/orphan +ResolvedRefs: /);
  const listed = await rows("events", "-n", "shop", "--field-selector", "involvedObject.name=orphan,type=Warning");
  assert.deepEqual(listed[0], ["LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]);
  assert.ok(listed.some(([, , reason, object]) => reason === "BackendNotFound" && object === "httproute/orphan"));
});

test("describe knows the kinds that kubectl knows, and ours", async () => {
  assert.match(await estate.mustKubectl("describe", "namespace", "shop"), /^Status: +Active$/m);
  assert.match(await estate.mustKubectl("describe", "service", "web", "-n", "shop"), /^Port: +http +8080\//m);
  const described = await estate.mustKubectl("describe", "secret", "key", "-n", "shop");
  assert.match(described, /^password: +4 bytes$/m);
  assert.doesNotMatch(described, /hush|aHVzaA/);
  assert.match(await estate.mustKubectl("describe", "hsvc", "-n", "shop"), /^ {6}Backend: +vm\n|Backends:/m);
  assert.match(
    await estate.mustKubectl("describe", "clusterrole", "landbridge:viewer"),
    /^ +hybridservices\.landbridge\.dev .*\[get list watch\]$/m,
  );
});

test("get --raw reaches health, metrics and any path", async () => {
  assert.equal(await estate.mustKubectl("get", "--raw", "/readyz"), "ok");
  assert.equal(await estate.mustKubectl("get", "--raw", "/livez"), "ok");
  assert.match(await estate.mustKubectl("get", "--raw", "/metrics"), /^landbridge_api_requests?\w*\{.*verb="list"/m);
  assert.equal(JSON.parse(await estate.mustKubectl("get", "--raw", "/api/v1/namespaces/shop")).metadata.name, "shop");
  assert.match(await estate.mustKubectl("version"), /^Server Version: v1\.\d+\.\d+\+landbridge/m);
  assert.match((await estate.kubectl("get", "--raw", "/nowhere")).err, /NotFound/);
});
