/** What the golden cases say is not only what we print: a real Envoy takes all of it. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { translateListener } from "../../src/compiler/envoy/listener.ts";
import type { ResourceChange } from "../../src/compiler/envoy/resource.ts";
import { RUNTIME_LAYERS } from "../../src/control/runtime-layers.ts";
import { COMPILE_OPTIONS } from "../support/compile-options.ts";
import { type GoldenCase, goldenNames, readGoldenCase } from "../support/golden-case.ts";
import { XdsGateway } from "../support/xds-gateway.ts";

const xds = new XdsGateway();

before(async () => {
  await xds.startServer();
  // A proxy is only served once something was published for its Gateway.
  xds.publish();
  await xds.startEnvoy("golden", RUNTIME_LAYERS);
});

after(() => xds[Symbol.asyncDispose]());

/** Everything of one gateway; listeners on ports that the kernel chooses. */
function resourcesOf({ compiled }: GoldenCase, gateway: string): ResourceChange[] {
  const others = (compiled.resources.get(gateway) ?? []).filter(({ type }) => type !== "Listener");
  const listeners = compiled.routing
    .ports(gateway)
    .map((port) => translateListener({ ...port, address: "127.0.0.1", port: 0 }, COMPILE_OPTIONS));
  return [...others, ...listeners].map((resource) => ({ type: resource.type, name: resource.name, resource }));
}

for (const name of goldenNames()) {
  test(`Envoy takes golden: ${name}`, async () => {
    const golden = await readGoldenCase(name);
    for (const gateway of golden.compiled.routing.gateways()) {
      const changes = resourcesOf(golden, gateway);
      xds.publish(...changes);
      await xds.inSync();
      assert.deepEqual(xds.refused.splice(0), []);
      // The runtime layers stay: Envoy always wants them.
      const removals = changes.filter(({ type }) => type !== "Runtime");
      xds.publish(...removals.map((change) => ({ ...change, resource: undefined })));
      await xds.inSync();
    }
  });
}
