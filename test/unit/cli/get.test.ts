import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { parse } from "yaml";
import { landbridge, Printed, startCommand } from "../../support/command-line.ts";
import type { ServedView } from "../../support/local-api.ts";
import { serveShop } from "../../support/shop-view.ts";

let served: ServedView;
const get = (...args: string[]) => landbridge(["get", ...args], { LANDBRIDGE_STATE_DIR: served.stateDir });

before(async () => {
  served = await serveShop();
});
after(() => served[Symbol.asyncDispose]());

/** Ages differ from run to run. */
const withoutAges = (text: string) =>
  text.replace(/\b\d+[ydhms](\d+[dhms])?$/gm, "AGE").replace(/AGE +(?=\S)/g, "AGE ");

test("columns are those of the Gateway API's CRDs, aligned, with the namespace first", async () => {
  const { out, err, code } = await get("gateways");
  assert.equal(err, "");
  assert.equal(code, 0);
  assert.equal(
    withoutAges(out),
    "NAMESPACE   NAME   CLASS        ADDRESS     PROGRAMMED   AGE\n" +
      "infra       edge   landbridge   127.0.0.1   True         AGE\n",
  );
  const routes = await get("httproute", "-n", "shop");
  assert.equal(
    withoutAges(routes.out),
    "NAME    HOSTNAMES          ACCEPTED   PROGRAMMED   AGE\n" +
      "front   shop.example.com   True       False        AGE\n",
  );
});

test("kinds go by plural, singular, short and full name, in any case", async () => {
  const names = ["gateway", "gtw", "Gateways", "gateways.gateway.networking.k8s.io"];
  for (const { out } of await Promise.all(names.map((name) => get(name, "-o", "name")))) {
    assert.equal(out, "gateway.gateway.networking.k8s.io/edge\n");
  }
});

test("wide adds where an object is from", async () => {
  const { out } = await get("hsvc", "-o", "wide");
  assert.match(out, /SPLIT +ACCEPTED +PROGRAMMED +AGE +BACKENDS +GENERATION +ORIGIN\n/);
  assert.match(out, /vm 90%, k8s 10% .* vm@datacenter,k8s@eu +1 +conf\/a.yaml:3:1\n/);
});

test("yaml and json are Kubernetes objects, one alone and several as a List", async () => {
  const [yaml, json] = await Promise.all([get("gateway", "edge", "-o", "yaml"), get("hsvc", "-o", "json")]);
  const gateway = parse(yaml.out);
  assert.deepEqual(Object.keys(gateway), ["apiVersion", "kind", "metadata", "spec", "status"]);
  assert.equal(gateway.status.conditions[1].type, "Programmed");
  const list = JSON.parse(json.out);
  assert.equal(list.kind, "List");
  assert.equal(list.items.length, 2);
});

test("what a Secret holds is not printed", async () => {
  const { out } = await get("secret", "tls", "-o", "yaml");
  assert.doesNotMatch(out, /c2VjcmV0/);
  assert.match(out, /tls\.key: "?\[redacted, 6 bytes\]/);
});

test("a name that is not there, a kind that is not there, and nothing at all are said as kubectl says it", async () => {
  const [name, kind, nothing] = await Promise.all([
    get("httproute", "nope"),
    get("pods"),
    get("services", "-n", "shop"),
  ]);
  assert.match(name.err, /^error: httproutes\.gateway\.networking\.k8s\.io "nope" not found \(LB6202\)\n {2}hint: /);
  assert.equal(name.code, 1);
  assert.match(kind.err, /^error: the server doesn't have a resource type "pods"/);
  assert.equal(kind.code, 1);
  assert.equal(nothing.err, "No resources found in shop namespace.\n");
  assert.equal(nothing.code, 0);
});

test("all lists every kind that has objects, each name with its kind", async () => {
  const { out } = await get("all");
  assert.match(out, /gateway\.gateway\.networking\.k8s\.io\/edge/);
  assert.match(out, /\n\nNAMESPACE +NAME/);
  assert.match(out, /secret\/tls/);
});

test("a pipe gets no colour, and a reader that goes away is no error", async () => {
  const { out } = await get("gateways");
  assert.ok(!out.includes("\u001b"));
  const list = startCommand(["get", "all"], { LANDBRIDGE_STATE_DIR: served.stateDir });
  list.stdout.destroy();
  const printed = new Printed(list.stderr);
  await once(list, "close");
  assert.equal(printed.text, "");
  assert.equal(list.exitCode, 0);
});

test("a watch prints what is there and then what changes, aligned, until it is interrupted", async () => {
  const watch = startCommand(["get", "hsvc", "-n", "shop", "-w"], { LANDBRIDGE_STATE_DIR: served.stateDir });
  const printed = new Printed(watch.stdout);
  await printed.until(/shopfront.*\n/);
  const found = served.view.objectViews.get("HybridService/shop/shopfront");
  assert.ok(found);
  served.view.put({
    ...found.resource,
    spec: {
      port: 81,
      protocol: "HTTP",
      split: [
        { backend: "vm", weight: 1 },
        { backend: "k8s", weight: 2 },
      ],
    },
  });
  const text = await printed.until(/k8s 66\.7%.*\n/);
  const [titles = "", first = "", second = ""] = text.split("\n");
  assert.equal(titles.indexOf("PORT"), first.indexOf("80"));
  assert.equal(titles.indexOf("PORT"), second.indexOf("81"));
  watch.kill("SIGINT");
  await once(watch, "close");
  assert.equal(watch.exitCode, 0);
});

test("without a control plane the way out is said", async () => {
  const { err, code } = await landbridge(["--state-dir", `${served.stateDir}/none`, "get", "gateways"]);
  assert.match(
    err,
    /^error: no control plane is running on .*none\/control\.sock \(LB6101\)\n {2}hint: Start it with `landbridge up/,
  );
  assert.equal(code, 1);
  assert.doesNotMatch(err, /\n +at /);
});
