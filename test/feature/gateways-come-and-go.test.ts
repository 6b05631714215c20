/** Gateways that are removed, added and added again beside a control plane that goes on. */
import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { startEcho } from "../support/echo-server.ts";
import { freePort } from "../support/free-port.ts";
import { RunningEstate } from "../support/running-estate.ts";
import { gatewayYaml, serviceYaml } from "../support/test-estate.ts";
import { UpProcess } from "../support/up-process.ts";
import { waitFor } from "../support/wait-for.ts";

const EDGE = "Gateway/infra/edge";
const ROUTE = "HTTPRoute/shop/shop";

function innerGateway(port: number): string {
  const [, gateway = ""] = gatewayYaml(port).split("---");
  return gateway.replace("name: edge", "name: inner");
}

test("a Gateway that comes back while it still drains listens only where it says now", async () => {
  await using held = new AsyncDisposableStack();
  const slow = createHttpServer(() => undefined);
  await new Promise<void>((done) => slow.listen(0, "127.0.0.1", done));
  held.defer(() => {
    slow.close();
    slow.closeAllConnections();
  });
  const port = (slow.address() as AddressInfo).port;
  await using estate = await RunningEstate.start({
    "shop.yaml": serviceYaml("shop", "shop.test", { vm: { port, weight: 1 } }),
  });
  await estate.untilCondition(ROUTE, "Programmed", "True");
  const arrived = new Promise((done) => slow.once("request", done));
  const open = estate.get("shop.test");
  await arrived;
  estate.remove("gateway.yaml");
  await waitFor("the Gateway to be gone", () => !estate.plane.view.object(EDGE));
  const other = await freePort();
  estate.write("gateway.yaml", gatewayYaml(other));
  await waitFor("the Gateway to be back", () => estate.plane.view.object(EDGE));
  slow.closeAllConnections();
  await open;
  await estate.untilCondition(EDGE, "Programmed", "True");
  assert.equal((await estate.get("shop.test")).status, 0, "nobody listens on the old port");
  assert.deepEqual(
    estate.plane.view.proxies().map(({ types }) => types.find(({ type }) => type === "Listener")?.count),
    [1],
  );
});

test("a Gateway that goes takes along what waited for it and what its proxy refused", async () => {
  await using held = new AsyncDisposableStack();
  const shop = await startEcho("shop");
  held.defer(() => shop.close());
  const holder = createServer();
  await new Promise<void>((done) => holder.listen(0, "127.0.0.1", done));
  held.defer(() => void holder.close());
  const taken = (holder.address() as AddressInfo).port;
  const both = "[ { name: edge, namespace: infra }, { name: inner, namespace: infra } ]";
  await using estate = await RunningEstate.start({});
  estate.write("inner.yaml", innerGateway(taken));
  estate.write(
    "shop.yaml",
    serviceYaml("shop", "shop.test", { vm: { port: shop.port, weight: 1 } }).replace(
      "[ { name: edge, namespace: infra } ]",
      both,
    ),
  );
  await estate.untilProblem("LB3001");
  estate.remove("inner.yaml");
  await waitFor("the refusal to go", () => !estate.plane.view.problems().some(({ code }) => code === "LB3001"), {
    last: () => estate.plane.view.problems(),
  });
  await estate.untilCondition(ROUTE, "Programmed", "True");
  await estate.untilCondition("HybridService/shop/shop", "Programmed", "True");
});

test("a route that was there before its Gateway is live only once the Gateway's proxy has it", async () => {
  await using held = new AsyncDisposableStack();
  const shop = await startEcho("shop");
  held.defer(() => shop.close());
  await using estate = await RunningEstate.start({
    "shop.yaml": serviceYaml("shop", "shop.test", { vm: { port: shop.port, weight: 1 } }).replace("edge", "inner"),
  });
  const seen: (string | undefined)[] = [];
  estate.plane.view.watch(
    ["objects"],
    () => {
      const conditions = estate.plane.view.object(ROUTE)?.status?.parents?.[0]?.conditions ?? [];
      const [accepted, programmed] = ["Accepted", "Programmed"].map((type) =>
        conditions.find((one) => one.type === type),
      );
      if (accepted?.status === "True") seen.push(programmed?.status);
    },
    new AbortController().signal,
  );
  estate.write("inner.yaml", innerGateway(await freePort()));
  await estate.untilCondition(ROUTE, "Programmed", "True");
  assert.equal(seen[0], "False");
});

test("after a kill the Envoy of a Gateway that was removed meanwhile is ended, not while the files are broken", async () => {
  await using up = await UpProcess.start({ "inner.yaml": innerGateway(await freePort()) });
  assert.equal(up.envoys().length, 2);
  await up.end("SIGKILL");
  up.remove("inner.yaml");
  up.write("broken.yaml", "kind: [");
  await up.begin();
  assert.equal(up.envoys().length, 2, "it can't be known what the broken file says");
  up.remove("broken.yaml");
  await waitFor("the other Envoy to end", () => up.envoys().length === 1, { last: () => up.envoys() });
  assert.notEqual((await up.get("any.test")).status, 0, "the Gateway that stayed goes on");
});

test("a proxy that couldn't be started, because something was in the way, is started when that is gone", async () => {
  await using estate = await RunningEstate.start();
  const inTheWay = join(estate.stateDir, "proxies", "infra.inner");
  writeFileSync(inTheWay, "");
  const port = await freePort();
  estate.write("inner.yaml", innerGateway(port));
  const problem = await estate.untilProblem("LB4004");
  assert.equal(problem.object, "Gateway/infra/inner");
  rmSync(inTheWay);
  await estate.untilCondition("Gateway/infra/inner", "Programmed", "True");
  await estate.untilNoProblems();
});
