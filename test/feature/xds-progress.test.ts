import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { test } from "node:test";
import { eventually, freePort } from "../support/supervised-envoy.ts";
import { get, startLoad, startOrigin, XdsGateway } from "../support/xds-gateway.ts";
import { host, listener, put, remove, service } from "../support/xds-resources.ts";

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
  assert.deepEqual([...firstAnswers, ...rest].filter((answer) => answer !== "200 a"), []);
  await gateway.inSync();
  const [progress] = gateway.progress();
  assert.deepEqual(
    progress?.types.filter(({ count }) => count > 0).map(({ type, count }) => `${count} ${type}`),
    ["300 Cluster", "300 ClusterLoadAssignment", "1 Listener", "300 ScopedRouteConfiguration", "300 RouteConfiguration"],
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
  const envoy = await gateway.startEnvoy("one");
  await gateway.inSync();
  const updates = async (): Promise<number> => {
    const { body } = await envoy.admin("/config_dump?include_eds");
    return [...body.matchAll(/"last_updated": "([^"]+)"/g)].map(([, at]) => at).sort().length;
  };
  const lastUpdates = async (): Promise<string[]> => {
    const { body } = await envoy.admin("/config_dump?include_eds");
    return [...body.matchAll(/"last_updated": "([^"]+)"/g)].map(([, at]) => String(at)).sort();
  };
  const untouched = await lastUpdates();
  await gateway.stopServer();
  assert.equal(await get(port, "x"), "200 a");
  await gateway.startServer();
  // z goes, w comes, the rest is as it was.
  gateway.publish(
    ...before.filter(({ name }) => name !== "z"),
    ...put(...host("w", "x")),
  );
  await gateway.inSync();
  await eventually("w is served", async () => (await get(port, "w")) === "200 a");
  assert.notEqual(await get(port, "z"), "200 a");
  assert.ok((await updates()) > 0);
  const now = await lastUpdates();
  assert.deepEqual(now.filter((at) => !untouched.includes(at)).length, 2, "one scope and one route came new");
  assert.ok(remove);
  assert.ok(startLoad);
});
