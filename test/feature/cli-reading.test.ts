/** The commands that read, over the control socket and over the API, against a real control plane; kubectl is the judge. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { ApiEstate, type ApiUser } from "../support/api-estate.ts";
import { landbridge, Printed, startCommand } from "../support/command-line.ts";
import { waitFor } from "../support/wait-for.ts";

const platform = `apiVersion: landbridge.dev/v1alpha1
kind: Platform
metadata: { name: datacenter }
spec: { type: Static, static: { services: [ { name: front, endpoints: [ "127.0.0.9:80" ] } ] } }
`;
const files = {
  "platform.yaml": platform,
  "front.yaml": `apiVersion: landbridge.dev/v1alpha1
kind: HybridService
metadata:
  name: front
  namespace: shop
  labels: { tier: front }
spec:
  port: 80
  backends:
  - name: vm
    platform: datacenter
---
apiVersion: v1
kind: Secret
metadata: { name: of-file, namespace: shop }
stringData: { word: hush }
`,
};

const service = (name: string) => `apiVersion: landbridge.dev/v1alpha1
kind: HybridService
metadata: { name: ${name}, namespace: shop, labels: { tier: back } }
spec: { port: 81, backends: [ { name: vm, platform: datacenter, service: front } ] }
`;
const route = `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: front, namespace: shop }
spec:
  parentRefs: [ { name: edge, namespace: infra } ]
  hostnames: [ shop.example.com ]
  rules: [ { backendRefs: [ { group: landbridge.dev, kind: HybridService, name: front } ] } ]
`;
const secret = `apiVersion: v1
kind: Secret
metadata: { name: of-store, namespace: shop, labels: { tier: back } }
stringData: { word: hush }
`;

let estate: ApiEstate;
let team: ApiUser;
let operator: ApiUser;

const local = (...args: readonly string[]) => landbridge(["--state-dir", estate.stateDir, ...args]);
const as = (user: ApiUser, ...args: readonly string[]) => landbridge(["--kubeconfig", user.kubeconfig, ...args]);
const admin = (...args: readonly string[]) => as(estate.admin, ...args);
const apply = async (text: string) => {
  const { code, err } = await estate.admin.kubectl.run(["apply", "-f", "-"], { stdin: text });
  assert.equal(code, 0, err);
};
const withoutTimes = (text: string) => text.replace(/\b(\d+[dhms]){1,2}\b/g, "AGE").replace(/ +/g, " ");

before(async () => {
  estate = await ApiEstate.start(files);
  await estate.mustKubectl("create", "namespace", "shop");
  await estate.mustKubectl("create", "namespace", "other");
  await apply([service("back"), route, secret].join("---\n"));
  team = await estate.kubeconfigFor("tess", ["team-shop"]);
  operator = await estate.kubeconfigFor("olga", ["operators"]);
  await estate.mustKubectl(
    ...["create", "rolebinding", "team", "-n", "shop", "--clusterrole=landbridge:team", "--group=team-shop"],
  );
  await estate.mustKubectl(
    ...["create", "clusterrolebinding", "operators", "--clusterrole=landbridge:operator", "--group=operators"],
  );
});
after(() => estate[Symbol.asyncDispose]());

test("lists over the API are those of the control socket", async () => {
  for (const kind of ["hybridservices", "gateways", "httproutes", "secrets"]) {
    const [socket, api] = await Promise.all([local("get", kind, "-o", "wide"), admin("get", kind, "-o", "wide")]);
    assert.equal(api.err, "");
    assert.equal(withoutTimes(api.out), withoutTimes(socket.out));
  }
});

test("selectors choose, and labels are shown; beside the control plane too", async () => {
  for (const run of [local, admin]) {
    const chosen = await run("get", "hsvc", "-l", "tier!=front", "--show-labels", "--no-headers");
    assert.match(chosen.out, /^shop +back .* tier=back\n$/);
    const field = await run("get", "hsvc", "--field-selector", "metadata.name=front", "-o", "name");
    assert.equal(field.out, "hybridservice.landbridge.dev/front\n");
    const bad = await run("get", "hsvc", "-l", "tier in");
    assert.equal(bad.code, 1);
    assert.match(bad.err, /^error: .*\(LB6116\)/);
  }
});

test("JSONPath templates give what they give in kubectl", async () => {
  const templates: readonly string[] = [
    "{.items[*].metadata.name}",
    '{.items[0].status.conditions[?(@.type=="Accepted")].status}',
    "{.items[-1].spec.backends[0].platform} and {.items[*].spec.port}",
    "{.items[0].spec.nothing}.",
    "{.items[0]['metadata']['name']}",
  ];
  for (const template of templates) {
    const ours = await admin("get", "hsvc", "-n", "shop", "-o", `jsonpath=${template}`);
    const theirs = await estate.mustKubectl("get", "hsvc", "-n", "shop", "-o", `jsonpath=${template}`);
    assert.equal(ours.out, `${theirs}\n`, template);
  }
});

test("what a Secret holds is shown to those who come with a credential and ask for it, and to nobody else", async () => {
  const hush = "aHVzaA==";
  assert.ok((await as(team, "get", "secret", "of-store", "-n", "shop", "-o", "yaml")).out.includes(hush));
  for (const outcome of [
    await as(team, "describe", "secret", "of-store", "-n", "shop"),
    await as(team, "get", "secrets", "-n", "shop", "-o", "wide"),
    await local("get", "secrets", "-o", "yaml"),
    await local("get", "secrets", "-l", "tier=back", "-o", "yaml"),
    await local("describe", "secret", "of-store"),
  ]) {
    assert.equal(outcome.code, 0, outcome.err);
    assert.match(outcome.out, /of-store/);
    assert.ok(!outcome.out.includes(hush), outcome.out);
  }
});

test("a team sees its namespace, is told to name it, and finds nothing of others", async () => {
  const own = await as(team, "get", "hsvc", "-n", "shop", "-o", "name");
  assert.equal(own.out, "hybridservice.landbridge.dev/back\nhybridservice.landbridge.dev/front\n");
  const everything = await as(team, "get", "hsvc");
  assert.match(everything.err, /\(LB6114\)\n {2}hint: .*name yours with -n/);
  assert.equal(everything.code, 1);
  const others = await as(team, "get", "secrets", "-n", "other");
  assert.match(others.err, /\(LB6114\)/);
  assert.deepEqual([others.out, others.code], ["", 1]);
  const all = await as(team, "get", "all", "-n", "shop", "-o", "name");
  assert.match(all.out, /httproute\.gateway\.networking\.k8s\.io\/front\n/);
  assert.match(all.err, /^Not shown, because you may not list them: .*gateways/);
  const described = await as(team, "describe", "hsvc", "front", "-n", "shop");
  assert.match(described.out, /Backends:\n {2}<not shown: for operators>\n/);
  assert.match(described.out, /Used by, in the namespace shop:\n {2}HTTPRoute shop\/front\n/);
  assert.match(described.out, /Spec:\n {2}port: 80\n/);
  const version = await as(team, "version");
  assert.match(version.out, new RegExp(`\nServer Version: \\d[\\d.]+\nAPI: ${estate.endpoint.url}\n`));
});

test("a name that isn't there is said alike on both ways", async () => {
  const [socket, api, alone] = await Promise.all([
    local("get", "httproute", "nope"),
    admin("get", "httproute", "nope"),
    admin("get", "httproute", "nope", "-n", "shop", "-o", "yaml"),
  ]);
  assert.match(socket.err, /^error: httproutes\.gateway\.networking\.k8s\.io "nope" not found \(LB6202\)/);
  assert.equal(api.err, socket.err);
  assert.equal(alone.err, socket.err);
  assert.deepEqual([api.code, alone.code, alone.out], [1, 1, ""]);
});

test("a watch over the API prints what is there, then what changes, aligned, until it is interrupted", async () => {
  const watch = startCommand(["--kubeconfig", team.kubeconfig, "get", "hsvc", "-n", "shop", "-l", "watched", "-w"]);
  const printed = new Printed(watch.stdout);
  const errors = new Printed(watch.stderr);
  await apply(service("watched").replace("tier: back", "watched: really"));
  await printed.until(/^NAME.*\nwatched +81 /m);
  await estate.mustKubectl("patch", "hsvc", "watched", "-n", "shop", "--type=merge", "-p", '{"spec":{"port":8081}}');
  const text = await printed.until(/^watched +8081 /m);
  const [titles = ""] = text.split("\n");
  for (const line of text.trimEnd().split("\n").slice(1)) assert.match(line.slice(titles.indexOf("PORT")), /^(80)?81 /);
  watch.kill("SIGINT");
  await once(watch, "close");
  assert.equal(watch.exitCode, 0, errors.text);
  await estate.mustKubectl("delete", "hsvc", "watched", "-n", "shop");
});

test("describe says of each setting of a file its line or that it is a default", async () => {
  const { out } = await local("describe", "hsvc", "front");
  assert.match(out, new RegExp(`Origin: +${estate.path("front.yaml")}:1:1\n`));
  assert.match(out, /Spec:\n {2}port: 80 +# line 8\n {2}protocol: HTTP +# default\n {2}backends: +# line 9\n/);
  assert.match(out, / {6}service: front +# default\n/);
  assert.doesNotMatch(out, /platform: datacenter +#/);
});

test("describe tries nothing that would be refused: the journal has no attempts of those who only look", async () => {
  const lena = await estate.kubeconfigFor("lena", ["team-shop"]);
  for (const object of ["hsvc/front", "hsvc/back", "httproute/front"]) {
    const { code, err } = await as(lena, "describe", object, "-n", "shop");
    assert.equal(code, 0, err);
  }
  assert.deepEqual(JSON.parse((await admin("audit", "log", "--user", "lena", "-o", "json")).out), []);
});

test("describe says who wrote an object of the store, to those who may read the journal", async () => {
  const asTeam = await as(team, "describe", "hsvc", "back", "-n", "shop");
  assert.match(asTeam.out, /Origin: +the store\n/);
  for (const run of [local, admin]) {
    const { out } = await run("describe", "hsvc/back");
    assert.match(out, /Origin: +the store, written by landbridge:bootstrap-admin at \d{4}-.*Z \(create\)\n/);
    assert.match(out, / {2}protocol: HTTP +# default\n/);
    assert.match(out, /\n {2}port: 81\n/);
  }
  const role = await local("describe", "clusterrole", "landbridge:team");
  assert.match(role.out, /Origin: +built-in/);
});

test("events tell what happened to an object, and describe ends with them", async () => {
  await apply(route.replace("name: front }", "name: nobody }").replace("name: front,", "name: broken,"));
  const seen = await waitFor("an event", async () => {
    const { out } = await admin("events", "--for", "httproute/broken");
    return out.includes("Warning") && out;
  });
  assert.match(
    seen,
    /^NAMESPACE +LAST SEEN +TYPE +REASON +OBJECT +MESSAGE\nshop +\S+ +Warning +\S+ +httproute\/broken +/,
  );
  const kubectl = await estate.mustKubectl("events", "--for", "httproute/broken", "-n", "shop");
  const ours = await as(team, "events", "--for", "httproute/broken", "-n", "shop");
  assert.equal(withoutTimes(ours.out), withoutTimes(kubectl).replace("HTTPRoute/", "httproute/"));
  const described = await as(team, "describe", "httproute", "broken", "-n", "shop");
  assert.match(described.out, /Events:\n {2}TYPE +REASON +AGE +FROM +MESSAGE\n {2}Warning .* landbridge +/);
  const none = await as(team, "events", "--for", "hsvc/back", "-n", "shop", "--types", "Warning");
  assert.deepEqual([none.out, none.err], ["", "No events found in shop namespace.\n"]);
  const listed = await local("get", "events", "--field-selector", "involvedObject.name=broken", "-o", "name");
  assert.match(listed.out, /^event\/broken\./);
});

test("api-resources is kubectl's table", async () => {
  for (const more of [[], ["--namespaced=false"], ["--verbs=list,get"], ["--api-group=landbridge.dev"]]) {
    const ours = await as(team, "api-resources", ...more);
    const theirs = await estate.mustKubectl("api-resources", ...more);
    assert.equal(ours.out.replace(/ +/g, " "), theirs.replace(/ +/g, " "), more.join());
  }
});

test("explain names the fields that kubectl explain finds at the server", async () => {
  const fields = (text: string) =>
    [...text.matchAll(/^ {2}(\w+)\t<(.*)>( -required-)?$/gm)].map((match) => match.slice(1));
  for (const path of ["hybridservices.spec.backends", "httproutes.spec.rules", "gateways.spec", "roles.rules"]) {
    const [ours, theirs] = await Promise.all([local("explain", path), estate.mustKubectl("explain", path)]);
    const byName = (text: string) => fields(text).sort(([a = ""], [b = ""]) => a.localeCompare(b));
    assert.deepEqual(byName(ours.out), byName(theirs), path);
  }
});

test("an operator sees proxies, problems, traces and stages over the API; a team doesn't", async () => {
  const proxies = await as(operator, "proxies");
  assert.match(proxies.out, /infra\/edge +local +yes /);
  const trace = await as(operator, "trace", "GET", `http://shop.example.com:${estate.port}/`);
  assert.match(trace.out, /Route: +shop\/front\/rule\/0\/match\/0\n/);
  const stage = await as(operator, "compile", "--stage", "routing", "--object", "HTTPRoute/shop/front");
  assert.match(stage.out, /shop\.example\.com/);
  const described = await as(operator, "describe", "hsvc", "front", "-n", "shop");
  assert.match(described.out, /Backends:\n {2}NAME .*\n {2}vm +datacenter +100% .* 127\.0\.0\.9:80\n/);
  for (const args of [["proxies"], ["trace", "GET", "http://a/"], ["compile"]]) {
    const { out, err, code } = await as(team, ...args);
    assert.match(err, /\(LB6114\)/);
    assert.deepEqual([out, code], ["", 1]);
  }
  const watched = await as(operator, "proxies", "-w");
  assert.match(watched.err, /\(LB6244\)/);
});

test("a saved login is found, and naming a state directory goes before it", async () => {
  const login = { LANDBRIDGE_KUBECONFIG: team.kubeconfig };
  const saved = await landbridge(["get", "hsvc", "-n", "shop", "-o", "name"], login);
  assert.match(saved.out, /\/front\n/);
  const named = await landbridge(["--state-dir", "/nowhere", "get", "hsvc"], login);
  assert.match(named.err, /\(LB6101\)/);
});
