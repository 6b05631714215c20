import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { test } from "node:test";
import { eventually, freePort } from "../support/supervised-envoy.ts";
import { get, startOrigin, XdsGateway } from "../support/xds-gateway.ts";
import { host, listener, put, refusedCluster, securedService, service } from "../support/xds-resources.ts";

test("a refused resource holds back only what needs it, is named, and is lifted by a repaired version", async () => {
  await using gateway = new XdsGateway();
  await using origin = await startOrigin("a");
  await using other = await startOrigin("b");
  const port = await freePort();
  await gateway.startServer();
  gateway.publish(...put(listener("http", port), ...host("x", "x"), ...service("x", origin.port)));
  await gateway.startEnvoy("one");
  await gateway.inSync();

  const [, endpoints] = service("bad", other.port);
  const good = Array.from({ length: 20 }, (_, index) => [
    ...host(`h${index}`, `c${index}`),
    ...service(`c${index}`, origin.port),
  ]);
  gateway.publish(
    ...put(...good.flat(), refusedCluster("bad"), endpoints, ...host("x", "bad"), ...host("fresh", "bad")),
  );
  await eventually("the other twenty are served", async () => {
    const answers = await Promise.all(good.map((_, index) => get(port, `h${index}`)));
    return answers.every((answer) => answer === "200 a");
  });
  await eventually("the refusal is reported", () => gateway.refused.length > 0);
  assert.deepEqual(
    gateway.refused.map(({ code, instance, type, name, owners }) => ({ code, instance, type, name, owners })),
    [{ code: "LB3001", instance: "one", type: "Cluster", name: "bad", owners: ["HTTPRoute/test/bad"] }],
  );
  assert.match(gateway.refused[0]?.message ?? "", /bad.*EDS/);
  assert.deepEqual(gateway.quarantined(), ["Cluster:bad"]);
  assert.equal(await get(port, "x"), "200 a", "the old route stays while the new one lacks its cluster");
  assert.equal(await get(port, "fresh"), "404 ");

  gateway.publish(...put(service("bad", other.port)[0]));
  await gateway.inSync();
  assert.deepEqual(gateway.quarantined(), []);
  assert.equal(await get(port, "x"), "200 b");
  assert.equal(await get(port, "fresh"), "200 b");
});

test("a version that was refused once stays away from proxies that join later; they get the last good one", async () => {
  await using gateway = new XdsGateway();
  await using origin = await startOrigin("a");
  await gateway.startServer();
  gateway.publish(...put(listener("http", 0), ...host("x", "x"), ...service("x", origin.port)));
  await gateway.startEnvoy("one");
  await gateway.inSync();
  gateway.publish(...put(refusedCluster("x")));
  await eventually("the refusal is reported", () => gateway.refused.length > 0);
  const two = await gateway.startEnvoy("two");
  await gateway.inSync(2);
  assert.equal(await get(await two.portOf("http"), "x"), "200 a");
  assert.deepEqual(
    gateway.refused.map(({ instance }) => instance),
    ["one"],
  );
});

test("a listener whose port is taken comes up by itself when the port is free", async () => {
  await using gateway = new XdsGateway();
  await using origin = await startOrigin("a");
  const squatter = createServer();
  await once(squatter.listen(0, "127.0.0.1"), "listening");
  const taken = (squatter.address() as { port: number }).port;
  const port = await freePort();
  await gateway.startServer();
  gateway.publish(
    ...put(listener("http", port), listener("second", taken), ...host("x", "x"), ...service("x", origin.port)),
  );
  await gateway.startEnvoy("one");
  await eventually("the refusal is reported", () => gateway.refused.length > 0);
  assert.deepEqual(
    gateway.refused.slice(0, 1).map(({ code, type, name }) => ({ code, type, name })),
    [{ code: "LB3002", type: "Listener", name: "second" }],
  );
  await eventually("the first listener serves", async () => (await get(port, "x")) === "200 a");
  assert.deepEqual(gateway.quarantined(), [], "the cause is at this proxy: others are not kept from it");
  squatter.close();
  await once(squatter, "close");
  await eventually("the second listener serves", async () => (await get(taken, "x")) === "200 a", 30_000);
  await eventually("nothing is refused any more", () => gateway.progress()[0]?.refused.length === 0);
});

test("a secret that never comes holds back nothing else, neither at the start nor later", async () => {
  await using gateway = new XdsGateway();
  await using origin = await startOrigin("a");
  const port = await freePort();
  await gateway.startServer();
  gateway.publish(
    ...put(listener("http", port), ...host("x", "x"), ...service("x", origin.port)),
    ...put(...securedService("secured", "nowhere", origin.port), ...host("secured", "secured")),
  );
  await gateway.startEnvoy("one");
  await eventually("x is served", async () => (await get(port, "x")) === "200 a", 5_000);
  gateway.publish(...put(...host("y", "y"), ...service("y", origin.port)));
  await eventually("y is served", async () => (await get(port, "y")) === "200 a", 5_000);
  gateway.publish(...put(...securedService("later", "nowhere", origin.port), ...host("later", "later")));
  gateway.publish(...put(...host("z", "z"), ...service("z", origin.port)));
  await eventually("z is served", async () => (await get(port, "z")) === "200 a", 5_000);
});
