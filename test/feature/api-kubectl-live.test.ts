/** From kubectl to a real Envoy: what is applied is live when kubectl wait says so. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ApiEstate } from "../support/api-estate.ts";
import { type Manifest, manifest, ObjectRequests } from "../support/api-objects.ts";
import { type Echo, startEcho, type TestServer } from "../support/echo-server.ts";
import { serviceYaml } from "../support/test-estate.ts";
import { waitFor } from "../support/wait-for.ts";

let estate: ApiEstate;
let objects: ObjectRequests;
let vm: TestServer;
let k8s: TestServer;

before(async () => {
  estate = await ApiEstate.start();
  objects = new ObjectRequests((path, init) => estate.fetch(path, init));
  [vm, k8s] = await Promise.all([startEcho("vm"), startEcho("k8s")]);
});
after(async () => {
  await estate[Symbol.asyncDispose]();
  await Promise.all([vm, k8s].map((server) => server.close()));
});

const gatewayClass = manifest("GatewayClass", "", "landbridge", {
  spec: { controllerName: "landbridge.dev/gateway-controller" },
});

function gateway(port: number): Manifest {
  const listener = { name: "http", port, protocol: "HTTP", allowedRoutes: { namespaces: { from: "All" } } };
  return manifest("Gateway", "infra", "edge", {
    spec: { gatewayClassName: "landbridge", listeners: [listener] },
  });
}

function apply(input: string): Promise<{ code: number | null; out: string; err: string }> {
  return estate.admin.kubectl.run(["apply", "-f", "-"], { stdin: input });
}

async function answeredBy(): Promise<string> {
  const { status, body } = await estate.get("shop.test");
  return status === 200 ? (JSON.parse(body) as Echo).service : String(status);
}

test("a Gateway that is applied gets an Envoy, and wait says when it is programmed", async () => {
  for (const name of ["infra", "shop"]) await estate.mustKubectl("create", "namespace", name);
  const list = { apiVersion: "v1", kind: "List", items: [gatewayClass, gateway(estate.port)] };
  const { code, err } = await apply(JSON.stringify(list));
  assert.equal(code, 0, err);
  const met = await estate.mustKubectl(
    ...["wait", "--for=condition=Programmed", "gateway/edge", "-n", "infra", "--timeout=20s"],
  );
  assert.equal(met, "gateway.gateway.networking.k8s.io/edge condition met\n");
  assert.equal((await estate.get("shop.test")).status, 404, "Envoy answers, with no route yet");
  assert.match(await estate.mustKubectl("get", "gtw", "-n", "infra"), /^edge +landbridge +127\.0\.0\.1 +True +\d+s$/m);
});

test("what wait calls Programmed serves; a change of the split does as soon as its generation is", async () => {
  const backends = { vm: { port: vm.port, weight: 100 }, k8s: { port: k8s.port, weight: 0 } };
  const { code, err } = await apply(serviceYaml("front", "shop.test", backends));
  assert.equal(code, 0, err);
  const wait = ["wait", "--for=condition=Programmed", "hybridservice/front", "-n", "shop", "--timeout=20s"];
  await estate.mustKubectl(...wait);
  const route = { kind: "HTTPRoute", namespace: "shop", name: "front" };
  await waitFor(
    "the route to be live",
    () => estate.condition("HTTPRoute/shop/front", "Programmed")?.status === "True",
  );
  assert.equal(await answeredBy(), "vm");
  const split = '{"spec":{"split":[{"backend":"k8s","weight":100}]}}';
  await estate.mustKubectl("patch", "hybridservice", "front", "-n", "shop", "--type=merge", "-p", split);
  await estate.mustKubectl(
    ...["wait", "--for=jsonpath={.status.conditions[?(@.type=='Programmed')].observedGeneration}=2"],
    ...["hybridservice/front", "-n", "shop", "--timeout=20s"],
  );
  await estate.mustKubectl(...wait);
  assert.equal(await answeredBy(), "k8s");
  assert.match(await estate.mustKubectl("get", "hsvc", "-n", "shop"), /^front +80 +HTTP +vm 0%, k8s 100%|k8s 100%/m);
  assert.equal((await objects.read(route)).metadata.generation, 1);
});

test("a route that is deleted serves no more", async () => {
  await estate.mustKubectl("delete", "httproute", "front", "-n", "shop");
  await estate.untilAnswer("shop.test", ({ status }) => status === 404);
});
