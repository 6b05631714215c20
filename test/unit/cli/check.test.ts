import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "yaml";
import { landbridge } from "../../support/command-line.ts";
import { ConfigDirectory } from "../../support/config-directory.ts";

const platform = `apiVersion: landbridge.dev/v1alpha1
kind: Platform
metadata: { name: datacenter }
spec: { type: Static, static: { services: [ { name: front, endpoints: [ "10.1.0.4:80" ] } ] } }
`;
const service = `apiVersion: landbridge.dev/v1alpha1
kind: HybridService
metadata: { name: front, namespace: shop }
spec: { port: 80, backends: [ { name: vm, platform: datacenter } ] }
`;
const gateway = `apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: { name: landbridge }
spec: { controllerName: landbridge.dev/gateway-controller }
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: edge, namespace: shop }
spec: { gatewayClassName: landbridge, listeners: [ { name: http, port: 8080, protocol: HTTP } ] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: front, namespace: shop }
spec:
  parentRefs: [ { name: edge } ]
  hostnames: [ shop.example.com ]
  rules: [ { backendRefs: [ { group: landbridge.dev, kind: HybridService, name: front } ] } ]
`;

test("a sound directory passes", async () => {
  await using directory = new ConfigDirectory();
  directory.write("all.yaml", [platform, service, gateway].join("---\n"));
  const { out, code } = await landbridge(["check", directory.path]);
  assert.equal(out, "5 objects: 0 errors, 0 warnings\n");
  assert.equal(code, 0);
});

test("mistakes of text, of fields and between objects are told with place, code and hint", async () => {
  await using directory = new ConfigDirectory();
  directory.write("a.yaml", service.replace("port: 80,", "port: 80, wieght: 3,"));
  directory.write("b.yaml", "spec: [ {\n");
  directory.write("c.yaml", gateway);
  const { out, code } = await landbridge(["check", directory.path]);
  assert.equal(code, 1);
  assert.match(
    out,
    new RegExp(`^${directory.at("a.yaml")}:4:\\d+: error LB1\\d{3} HybridService/shop/front .*wieght`, "m"),
  );
  assert.match(out, new RegExp(`^${directory.at("b.yaml")}:\\d+:\\d+: error LB1\\d{3} `, "m"));
  assert.match(out, new RegExp(`^${directory.at("c.yaml")}:\\d+:\\d+: \\w+ LB2001 HTTPRoute/shop/front `, "m"));
  assert.match(out, /^ {2}hint: /m);
  assert.match(out, /\n3 objects: [23] errors, [01] warnings?\n$/);
  const json = JSON.parse((await landbridge(["check", directory.path, "-o", "json"])).out);
  assert.equal(json.problems.length, json.errors + json.warnings);
  assert.ok(json.problems.every((problem: { position?: object }) => problem.position));
});

test("a directory that is not there is a problem, not a crash", async () => {
  const { out, code, err } = await landbridge(["check", "/nowhere/at/all"]);
  assert.match(out, /error LB1401 \/nowhere\/at\/all does not exist/);
  assert.equal(code, 1);
  assert.equal(err, "");
});

test("each stage of a directory is printed as YAML or JSON, without secrets", async () => {
  await using directory = new ConfigDirectory();
  directory.write("all.yaml", [platform, service, gateway].join("---\n"));
  directory.write(
    "secret.yaml",
    "apiVersion: v1\nkind: Secret\nmetadata: { name: s, namespace: shop }\nstringData: { token: hunter2 }\n",
  );
  const stages = await Promise.all(
    ["model", "routing", "envoy"].map((stage) => landbridge(["compile", directory.path, "--stage", stage])),
  );
  for (const { out, code, err } of stages) {
    assert.equal(err, "");
    assert.equal(code, 0);
    assert.doesNotMatch(out, /hunter2|aHVudGVyMg/);
    assert.ok(typeof parse(out) === "object");
  }
  const [model = "", routing = "", envoy = ""] = stages.map(({ out }) => out);
  assert.match(model, /kind: HybridService/);
  assert.match(routing, /hostname: shop\.example\.com/);
  assert.match(envoy, /hybrid\/shop\/front\/vm/);
  assert.match(envoy, /10\.1\.0\.4/, "addresses of Static platforms are known");
  const nobody = await landbridge(["compile", directory.path, "--object", "HTTPRoute/shop/nobody"]);
  assert.deepEqual([nobody.code, nobody.out], [1, ""]);
  assert.match(nobody.err, /HTTPRoute\/shop\/nobody is not in .* \(LB6202\)/);
  const json = await landbridge(["compile", directory.path, "--stage", "routing", "-o", "json"]);
  assert.deepEqual(Object.keys(JSON.parse(json.out)), ["Gateway/shop/edge"]);
});
