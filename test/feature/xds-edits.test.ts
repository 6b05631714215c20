import assert from "node:assert/strict";
import { test } from "node:test";
import { freePort } from "../support/supervised-envoy.ts";
import { get, startLoad, startOrigin, XdsGateway } from "../support/xds-gateway.ts";
import { host, listener, put, remove, service } from "../support/xds-resources.ts";

const EDITS = 300;
const PER_SECOND = 200;

test("adding, moving and removing services under steady load loses no request", async () => {
  await using gateway = new XdsGateway();
  await using origin = await startOrigin("a");
  const port = await freePort();
  await gateway.startServer();
  const stable = Array.from({ length: 20 }, (_, index) => `h${index}`);
  gateway.publish(
    ...put(listener("http", port), ...stable.flatMap((name) => [...host(name, name), ...service(name, origin.port)])),
  );
  await gateway.startEnvoy("one");
  await gateway.inSync();

  const clusters = new Map(stable.map((name) => [name, name]));
  const asked = [...stable];
  const end = startLoad(port, () => asked[Math.floor(Math.random() * asked.length)] ?? "h0", PER_SECOND);
  for (let edit = 0; edit < EDITS; edit++) {
    const name = stable[edit % stable.length] ?? "h0";
    const old = clusters.get(name) ?? name;
    const fresh = `c${edit}`;
    if (edit % 3 === 2) {
      // A host that comes and goes; it is asked for only while it is there.
      gateway.publish(...put(...host(fresh, fresh), ...service(fresh, origin.port)));
      await gateway.inSync();
      assert.equal(await get(port, fresh), "200 a");
      gateway.publish(...remove(...host(fresh, fresh), ...service(fresh)));
    } else {
      // One publication: the new cluster, the move to it, and the end of the old cluster.
      gateway.publish(...remove(...service(old)), ...put(...host(name, fresh), ...service(fresh, origin.port)));
      clusters.set(name, fresh);
      if (edit % 5 === 0) await gateway.inSync();
    }
  }
  await gateway.inSync();
  const { sent, failures } = await end();
  assert.deepEqual(failures, {});
  assert.ok(sent > 100, `${sent} requests`);
  const count = gateway.progress()[0]?.types.find(({ type }) => type === "Cluster")?.count;
  assert.equal(count, stable.length, "old clusters are gone");
});
