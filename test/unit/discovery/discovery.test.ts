import assert from "node:assert/strict";
import { test } from "node:test";
import { Discovery } from "../../../src/discovery/discovery.ts";
import type { DiscoveryProvider, Publish } from "../../../src/discovery/provider.ts";
import { PROVIDERS } from "../../../src/discovery/registry.ts";
import type { EndpointSet } from "../../../src/model/endpoints.ts";
import { queryFor, Recorder } from "../../support/discovery-contract.ts";
import { dnsPlatform, staticPlatform } from "../../support/platforms.ts";

const QUERY = queryFor("front");

function platformWith(...addresses: readonly string[]) {
  return staticPlatform("under-test", [{ name: "front", endpoints: addresses.map((address) => `${address}:80`) }]);
}

function known(...addresses: readonly string[]): EndpointSet {
  return { state: "known", endpoints: addresses.map((address) => ({ address, port: 80 })) };
}

test("a query for a platform that isn't there is unknown with a reason, until the platform comes", async () => {
  const recorder = new Recorder();
  const discovery = new Discovery(recorder.publish);
  discovery.setQueries([QUERY], []);
  const missing = recorder.last(QUERY);
  assert.ok(missing?.state === "unknown");
  assert.match(missing.reason, /under-test.*\(LB5001\)/);
  discovery.setPlatform(platformWith("10.0.0.1"));
  assert.deepEqual(recorder.last(QUERY), known("10.0.0.1"));
  discovery.removePlatform("under-test");
  assert.equal(recorder.last(QUERY)?.state, "unknown");
  await discovery.close();
});

test("only differences are published", async () => {
  const recorder = new Recorder();
  const discovery = new Discovery(recorder.publish);
  discovery.setPlatform(platformWith("10.0.0.1", "10.0.0.2"));
  discovery.setQueries([QUERY, { ...QUERY }], []);
  discovery.setPlatform(platformWith("10.0.0.2", "10.0.0.1"));
  discovery.setQueries([QUERY], []);
  assert.equal(recorder.all.length, 1);
  discovery.setPlatform(platformWith("10.0.0.2"));
  assert.equal(recorder.all.length, 2);
  await discovery.close();
});

test("a removed query is silent, and answered anew when it comes back", async () => {
  const recorder = new Recorder();
  const discovery = new Discovery(recorder.publish);
  discovery.setPlatform(platformWith("10.0.0.1"));
  discovery.setQueries([QUERY], []);
  discovery.setQueries([], [QUERY]);
  discovery.setPlatform(platformWith("10.0.0.2"));
  assert.equal(recorder.all.length, 1);
  discovery.setQueries([QUERY], []);
  assert.deepEqual(recorder.last(QUERY), known("10.0.0.2"));
  await discovery.close();
});

test("a provider that was replaced or closed isn't listened to", async () => {
  const late: Publish[] = [];
  const silent = (publish: Publish): DiscoveryProvider => {
    late.push(publish);
    return { want() {}, forget() {}, configure() {}, close: async () => undefined };
  };
  const recorder = new Recorder();
  const discovery = new Discovery(recorder.publish, { ...PROVIDERS, DNS: (_, publish) => silent(publish) });
  discovery.setPlatform(dnsPlatform("under-test", {}));
  discovery.setQueries([QUERY], []);
  discovery.setPlatform(platformWith("10.0.0.1"));
  late[0]?.(QUERY, known("10.9.9.9"));
  assert.deepEqual(recorder.last(QUERY), known("10.0.0.1"));
  await discovery.close();
  late[0]?.(QUERY, known("10.9.9.9"));
  assert.equal(recorder.all.length, 1);
});

test("a static service for one namespace comes before one for any, and isn't found from another", async () => {
  const recorder = new Recorder();
  const discovery = new Discovery(recorder.publish);
  const both = staticPlatform("under-test", [
    { name: "front", endpoints: ["10.0.0.1:80"] },
    { name: "front", namespace: "shop", endpoints: ["10.0.0.2:80", "[FD00::2]:80"] },
  ]);
  const elsewhere = { ...QUERY, namespace: "other" };
  discovery.setPlatform(both);
  discovery.setQueries([QUERY, elsewhere], []);
  assert.deepEqual(recorder.last(QUERY), known("10.0.0.2", "fd00::2"));
  assert.deepEqual(recorder.last(elsewhere), known("10.0.0.1"));
  await discovery.close();
});
