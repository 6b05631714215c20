/** What the compiler makes, a real Envoy takes: of every golden case, and of arbitrary estates. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { type Compiled, compile, type FoundEndpoints } from "../../src/compiler/compile.ts";
import { translateListener } from "../../src/compiler/envoy/listener.ts";
import type { ResourceChange } from "../../src/compiler/envoy/resource.ts";
import type { CompileOptions } from "../../src/compiler/routing/routing.ts";
import { RUNTIME_LAYERS } from "../../src/control/runtime-layers.ts";
import type { AnyResource } from "../../src/model/kinds.ts";
import { makeAuthority } from "../support/certificates.ts";
import { COMPILE_OPTIONS } from "../support/compile-options.ts";
import { goldenNames, readGoldenCase } from "../support/golden-case.ts";
import { estateArbitrary } from "../support/model-arbitraries.ts";
import { XdsGateway } from "../support/xds-gateway.ts";

const TIME_LIMIT_MS = 15_000;

const xds = new XdsGateway();
const { certificate } = await makeAuthority();
const options: CompileOptions = { ...COMPILE_OPTIONS, runtimeLayers: RUNTIME_LAYERS, systemTrust: () => certificate };

before(async () => {
  await xds.startServer();
  // A proxy is only served once something was published for its Gateway.
  xds.publish();
  await xds.startEnvoy("accepts", RUNTIME_LAYERS);
});

after(() => xds[Symbol.asyncDispose]());

/** Everything of one gateway; listeners on ports that the kernel chooses. */
function resourcesOf({ resources, routing }: Compiled, gateway: string): ResourceChange[] {
  const others = (resources.get(gateway) ?? []).filter(({ type }) => type !== "Listener");
  const listeners = routing
    .ports(gateway)
    .map((port) => translateListener({ ...port, address: "127.0.0.1", port: 0 }, options));
  return [...others, ...listeners].map((resource) => ({ type: resource.type, name: resource.name, resource }));
}

/** Each gateway in turn becomes that of the one Envoy. */
async function assertTaken(compiled: Compiled): Promise<void> {
  for (const gateway of compiled.routing.gateways()) {
    const changes = resourcesOf(compiled, gateway);
    xds.publish(...changes);
    await xds.inSync();
    const refused = xds.refused.splice(0).map(({ type, name, message }) => ({ type, name, message }));
    // The runtime layers stay: Envoy always wants them.
    const removals = changes.filter(({ type }) => type !== "Runtime");
    xds.publish(...removals.map((change) => ({ ...change, resource: undefined })));
    await xds.inSync();
    assert.deepEqual(refused, []);
  }
}

function compileFound(estate: readonly AnyResource[]): Compiled {
  const found = compile(estate, [], options).queries.map((query): FoundEndpoints => {
    return { query, set: { state: "known", endpoints: [{ address: "127.0.0.1", port: 9 }] } };
  });
  return compile(estate, found, options);
}

for (const name of goldenNames()) {
  test(`Envoy takes golden: ${name}`, async () => {
    await assertTaken((await readGoldenCase(name, options)).compiled);
  });
}

test("Envoy takes what is made of any estate", { timeout: 4 * TIME_LIMIT_MS }, async () => {
  await fc.assert(
    fc.asyncProperty(estateArbitrary, async (estate) => assertTaken(compileFound(estate))),
    { numRuns: 300, interruptAfterTimeLimit: TIME_LIMIT_MS, markInterruptAsFailure: false },
  );
});
