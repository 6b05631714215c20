import assert from "node:assert/strict";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { findEnvoy, isSupportedEnvoy, parseEnvoyVersion } from "../../../src/proxy/envoy-binary.ts";
import { scratchDirectory } from "../../support/supervised-envoy.ts";

function fakeEnvoy(path: string, version: string): string {
  writeFileSync(path, `#!/bin/sh\necho "$0  version: 0a1b/${version}/Clean/RELEASE/BoringSSL"\n`);
  chmodSync(path, 0o755);
  return path;
}

test("Envoy's version is read from what it prints", () => {
  const output = "\n/opt/envoy  version: 9e5580933739775e8bce696a57a2e1bc99368f23/1.40.0/Clean/RELEASE/BoringSSL\n";
  assert.equal(parseEnvoyVersion(output), "1.40.0");
  assert.equal(parseEnvoyVersion("x version: 9e55/1.41.0-dev/Modified/DEBUG/BoringSSL"), "1.41.0");
  assert.equal(parseEnvoyVersion("nginx version: nginx/1.22.1"), undefined);
});

test("any patch of a supported minor is supported, nothing else", () => {
  assert.deepEqual(["1.40.0", "1.40.9", "1.39.4", "1.41.0", "2.40.0"].map(isSupportedEnvoy), [
    true,
    true,
    false,
    false,
    false,
  ]);
});

test("LANDBRIDGE_ENVOY comes first, then the set-up's, then PATH", async () => {
  using scratch = scratchDirectory();
  const folder = (name: string) => {
    mkdirSync(join(scratch.path, name));
    return join(scratch.path, name);
  };
  const named = fakeEnvoy(join(folder("named"), "my-envoy"), "1.40.1");
  const onPath = fakeEnvoy(join(folder("bin"), "envoy"), "1.40.3");
  const env = { PATH: `/nowhere:${join(scratch.path, "bin")}` };
  const root = scratch.path;
  assert.deepEqual(await findEnvoy({ env, root }), { path: onPath, version: "1.40.3", from: "PATH" });
  const fetched = fakeEnvoy(join(folder(".setup"), "envoy"), "1.40.2");
  writeFileSync(join(root, ".setup/paths.json"), JSON.stringify({ envoy: fetched }));
  assert.deepEqual(await findEnvoy({ env, root }), { path: fetched, version: "1.40.2", from: "set-up" });
  const withName = { ...env, LANDBRIDGE_ENVOY: named };
  assert.deepEqual(await findEnvoy({ env: withName, root }), {
    path: named,
    version: "1.40.1",
    from: "LANDBRIDGE_ENVOY",
  });
});

test("no Envoy, one that doesn't run and one of another version are problems in words", async () => {
  using scratch = scratchDirectory();
  const root = scratch.path;
  const problemWith = async (env: Record<string, string>) => {
    const found = await findEnvoy({ env, root });
    assert.ok("code" in found);
    return `${found.code} ${found.message}`;
  };
  assert.match(await problemWith({ PATH: "" }), /^LB4001/);
  assert.match(await problemWith({ LANDBRIDGE_ENVOY: "/nowhere/envoy" }), /^LB4002 .*there is no such file/);
  const old = fakeEnvoy(join(root, "old"), "1.20.0");
  assert.match(await problemWith({ LANDBRIDGE_ENVOY: old }), /^LB4002 .*Envoy 1\.20\.0; Landbridge supports 1\.40\.x/);
  assert.match(await problemWith({ LANDBRIDGE_ENVOY: "/bin/true" }), /^LB4002 .*doesn't say that it is an Envoy/);
  chmodSync(old, 0o644);
  assert.match(await problemWith({ LANDBRIDGE_ENVOY: old }), /^LB4002 .*isn't executable/);
});
