import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { test } from "node:test";
import { eventually, freePort } from "../support/supervised-envoy.ts";
import { get, startOrigin, XdsGateway } from "../support/xds-gateway.ts";
import { host, listener, put, service } from "../support/xds-resources.ts";

const HOSTS = 300;

test("a proxy that starts from nothing serves every host from its first answer on", async () => {
  await using gateway = new XdsGateway();
  await using origin = await startOrigin("a");
  const port = await freePort();
  await gateway.startServer();
  const hosts = Array.from({ length: HOSTS }, (_, index) => `h${index}.test`);
  gateway.publish(
    ...put(listener("http", port), ...hosts.flatMap((name) => [...host(name, name), ...service(name, origin.port)])),
  );
  const firstAnswers: string[] = [];
  const starting = gateway.startEnvoy("one");
  await eventually("the listener answers", async () => {
    const answer = await get(port, `h${HOSTS - 1}.test`);
    if (answer !== "ECONNREFUSED") firstAnswers.push(answer);
    return firstAnswers.length > 0;
  });
  const rest = await Promise.all(hosts.map((name) => get(port, name)));
  await starting;
  assert.deepEqual(
    [...firstAnswers, ...rest].filter((answer) => answer !== "200 a"),
    [],
  );
  await gateway.inSync();
  const [progress] = gateway.progress();
  assert.deepEqual(
    progress?.types.filter(({ count }) => count > 0).map(({ type, count }) => `${count} ${type}`),
    [
      "300 Cluster",
      "300 ClusterLoadAssignment",
      "1 Listener",
      "300 ScopedRouteConfiguration",
      "300 RouteConfiguration",
    ],
  );
  assert.equal(progress?.acknowledgedSequence, 1);
});

test("only the owner can open the socket", async () => {
  await using gateway = new XdsGateway();
  await gateway.startServer();
  assert.equal((await stat(gateway.socketPath)).mode & 0o777, 0o600);
});

test("a proxy that comes back to a restarted server is sent only what changed meanwhile", async () => {
  await using gateway = new XdsGateway();
  await using origin = await startOrigin("a");
  const port = await freePort();
  const before = put(
    listener("http", port),
    ...["x", "y", "z"].flatMap((name) => [...host(name, name), ...service(name, origin.port)]),
  );
  await gateway.startServer();
  gateway.publish(...before);
  await gateway.startEnvoy("one");
  await gateway.inSync();

  await gateway.stopServer();
  assert.equal(await get(port, "x"), "200 a");
  await gateway.startServer();
  gateway.publish(...before.filter(({ name }) => name !== "z"), ...put(...host("w", "x")));
  await gateway.inSync();

  const [progress] = gateway.progress();
  const sent = progress?.types.filter(({ sentCount }) => sentCount > 0).map(({ type, sentCount }) => [type, sentCount]);
  assert.deepEqual(sent, [
    ["ScopedRouteConfiguration", 1],
    ["RouteConfiguration", 1],
  ]);
  assert.equal(await get(port, "w"), "200 a");
  assert.equal(await get(port, "x"), "200 a");
  assert.equal(await get(port, "z"), "404 ");
  assert.equal(progress?.types.find(({ type }) => type === "Cluster")?.count, 2);
});

test("two proxies of one gateway: progress is that of the slower, and who leaves holds nothing back", async () => {
  await using gateway = new XdsGateway();
  await using origin = await startOrigin("a");
  await gateway.startServer();
  // Port 0: each proxy takes a port of its own.
  gateway.publish(...put(listener("http", 0), ...host("x", "x"), ...service("x", origin.port)));
  const one = await gateway.startEnvoy("one");
  const two = await gateway.startEnvoy("two");
  await gateway.inSync(2);
  assert.deepEqual(
    gateway.progress().map(({ instance }) => instance),
    ["one", "two"],
  );
  const sequence = gateway.publish(...put(...host("y", "x")));
  await gateway.inSync(2);
  assert.deepEqual(
    gateway.progress().map(({ acknowledgedSequence }) => acknowledgedSequence),
    [sequence, sequence],
  );
  for (const envoy of [one, two]) assert.equal(await get(await envoy.portOf("http"), "y"), "200 a");

  process.kill(one.pid, "SIGSTOP");
  const next = gateway.publish(...put(...host("z", "x")));
  await gateway.inSyncOnly("two");
  assert.deepEqual(gateway.acknowledged(), sequence);
  await one.stop();
  await gateway.inSync(1);
  assert.deepEqual(gateway.acknowledged(), next);
});
