import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { landbridge } from "../../support/command-line.ts";
import type { ServedView } from "../../support/local-api.ts";
import { serveShop } from "../../support/shop-view.ts";

let served: ServedView;
const run = (...args: string[]) => landbridge(args, { LANDBRIDGE_STATE_DIR: served.stateDir });

before(async () => {
  served = await serveShop();
});
after(() => served[Symbol.asyncDispose]());

test("a HybridService is told with its split, its endpoints and the routes that use it", async () => {
  const { out, code } = await run("describe", "hsvc", "shopfront", "-n", "shop");
  assert.equal(code, 0);
  assert.match(out, /^Name: +shopfront\nNamespace: +shop\n/);
  assert.match(out, /Origin: +conf\/a\.yaml:3:1/);
  assert.match(
    out,
    / {2}vm +datacenter +90% +datacenter\/shop\/shopfront: +shopfront\.dc\.internal +10\.1\.0\.4:8010\n/,
  );
  assert.match(out, / {2}k8s +eu +10% .*<unknown: no such platform>\n/);
  assert.match(out, /Used by:\n {2}HTTPRoute shop\/front\n/);
});

test("a Gateway is told with its listeners, what is attached, where it answers, and its proxies", async () => {
  const gateway = "Gateway/infra/edge";
  const url = "http://shop.localhost:8080/";
  const { infoView } = served.view;
  served.view.infoView = {
    ...infoView,
    gateways: [{ gateway, listener: "http", address: "0.0.0.0", port: 8080, tls: false, url }],
  };
  served.view.proxyViews = [
    {
      gateway,
      instance: "local",
      connectedSince: "2026-01-01T00:00:00Z",
      types: [],
      inSync: true,
      outstanding: [],
      refused: [],
    },
  ];
  const { out } = await run("describe", "gateway/edge");
  assert.match(out, / {2}http +HTTP +8080 +\* +1 +http:\/\/shop\.localhost:8080\/\n/);
  assert.match(out, /Listener http:\n {2}TYPE +STATUS/);
  assert.match(out, /Proxies:\n {2}NAME +IN SYNC +REFUSED\n {2}local +yes +0\n/);
});

test("a route is told with its conditions by parent, its problems, and its spec", async () => {
  served.view.problemList = [
    { code: "LB2001", severity: "error", message: "no such service", path: "", object: "HTTPRoute/shop/front" },
    { code: "LB2001", severity: "error", message: "another's", path: "", object: "HTTPRoute/shop/other" },
  ];
  const { out } = await run("describe", "httproute", "front");
  assert.match(
    out,
    /Parent Gateway infra\/edge:\n {2}TYPE .*\n {2}Accepted +True .*\n {2}Programmed +False +Programmed .* waiting for the proxies\n/,
  );
  assert.match(out, /Problems:\n {2}error LB2001 HTTPRoute\/shop\/front no such service\n/);
  assert.doesNotMatch(out, /another's/);
  assert.match(out, /Spec:\n {2}parentRefs:/);
});

test("a name in several namespaces has to be told apart", async () => {
  const { err, code } = await run("describe", "hsvc", "shopfront");
  assert.match(err, /"shopfront" is in the namespaces shop, staging \(LB6203\)/);
  assert.equal(code, 1);
});

test("proxies shows whether each is in sync, and if not, what it lacks and what it refused", async () => {
  served.view.proxyViews = [
    {
      gateway: "Gateway/infra/edge",
      instance: "local",
      connectedSince: "2026-01-01T00:00:00Z",
      types: [{ type: "Cluster", count: 7, version: "3" }],
      inSync: false,
      outstanding: ["RouteConfiguration:8080/shop"],
      refused: [{ resource: "Listener:port-8443", message: "bad certificate", owners: ["Secret/infra/tls"] }],
    },
  ];
  const { out } = await run("proxies");
  assert.match(out, /^GATEWAY +PROXY +IN SYNC +LISTENERS +ROUTES +CLUSTERS /);
  assert.match(out, /infra\/edge +local +no +0 +0 +7 +0 +0 +1 +1 +\S+\n/);
  assert.match(out, /local has not acknowledged RouteConfiguration:8080\/shop\n/);
  assert.match(out, /local refused Listener:port-8443 \(from Secret\/infra\/tls\): bad certificate\n/);
  const json = await run("proxies", "-o", "json");
  assert.equal(JSON.parse(json.out)[0].instance, "local");
});

test("version tells both sides, also when nothing runs", async () => {
  const both = await run("version");
  assert.match(
    both.out,
    /Client Version: \d.*\nServer Version: 0\.0\.1 \(pid \d+, since .*\)\nEnvoy Version: 1\.40\.0\n/,
  );
  const one = await run("--state-dir", "/nowhere", "version");
  assert.match(one.out, /Server Version: not running\n/);
  assert.equal(one.err, "");
  assert.equal(one.code, 0);
});
