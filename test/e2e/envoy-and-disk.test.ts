/** `landbridge up` when Envoy dies, can't run, or the disk doesn't play along. */
import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { landbridge } from "../support/command-line.ts";
import { freePort } from "../support/free-port.ts";
import { type LegServer, startLeg } from "../support/leg-server.ts";
import { mountOrSkip } from "../support/mounted-file-system.ts";
import { scratchDirectory } from "../support/supervised-envoy.ts";
import { gatewayYaml, serviceYaml } from "../support/test-estate.ts";
import { UpProcess } from "../support/up-process.ts";
import { waitFor } from "../support/wait-for.ts";

const REPOSITORY = join(import.meta.dirname, "../..");

let leg: LegServer;
before(async () => {
  leg = await startLeg("vm");
});
after(() => leg.close());

const shop = () => ({ "shop.yaml": serviceYaml("shop", "shop.test", { vm: { port: leg.port, weight: 1 } }) });

test("an Envoy that is killed is back with its traffic, and the control plane goes on", async () => {
  await using up = await UpProcess.start(shop());
  const [first] = up.envoys();
  assert.ok(first);
  process.kill(first.pid, "SIGKILL");
  await waitFor("another Envoy", () => up.envoys().some(({ pid }) => pid !== first.pid), { last: () => up.errors });
  await up.untilAnswer("shop.test", ({ body }) => body === "vm");
  up.write("more.yaml", serviceYaml("more", "more.test", { vm: { port: leg.port, weight: 1 } }));
  await up.untilAnswer("more.test", ({ body }) => body === "vm");
  assert.match(up.errors, /LB4003 .*Envoy stopped by itself \(signal SIGKILL\)/);
});

test("an Envoy that dies at every start is a Problem in its own words, and is not started in a busy loop", async () => {
  using scratch = scratchDirectory();
  const starts = join(scratch.path, "starts");
  const envoy = script(scratch.path, `echo x >> ${starts}; echo '[critical] no luck today' >&2; exit 3`);
  await using up = UpProcess.make(await freePort(), shop());
  up.launch({ LANDBRIDGE_ENVOY: envoy });
  await up.untilError(/error LB4003 .*3 times in a row \(exit code 3\).*no luck today/);
  const count = readFileSync(starts, "utf8").length / 2;
  assert.ok(count <= 4, `${count} starts`);
  assert.equal((await up.ask((client) => client.problems()))[0]?.code, "LB4003");
  await up.end("SIGTERM");
  assert.equal(up.exitCode, 0);
});

test("an Envoy that doesn't run at all ends `up` with 1 and says where it came from", async () => {
  using scratch = scratchDirectory();
  const { code, err } = await landbridge(["--state-dir", join(scratch.path, "state"), "up", scratch.path], {
    LANDBRIDGE_ENVOY: join(scratch.path, "nowhere"),
  });
  assert.equal(code, 1);
  assert.match(err, /error: .*nowhere \(from LANDBRIDGE_ENVOY\).*no such file.* \(LB4002\)/);
});

describe("a state directory that can't be written", () => {
  const up = async (scratch: string, stateDir: string) => {
    const directory = join(scratch, "conf");
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "gateway.yaml"), gatewayYaml(await freePort()));
    return landbridge(["--state-dir", stateDir, "up", directory, "--bind", "127.0.0.1"]);
  };
  const assertSays = ({ code, err }: { code: number | null; err: string }, pattern: RegExp) => {
    assert.equal(code, 1, err);
    assert.match(err, pattern);
    assert.doesNotMatch(err, /^\s+at /m, "no stack trace");
  };

  test("because its file system is read-only ends `up` with 1 and a Problem", async (t) => {
    using scratch = scratchDirectory();
    const path = join(scratch.path, "ro");
    using mounted = mountOrSkip(t, path, "ro");
    if (!mounted) return;
    assertSays(await up(scratch.path, join(path, "state")), /error: .*read-only.* \(LB4004\)\n {2}hint: /);
    assertSays(await up(scratch.path, path), /error: .*read-only.* \(LB6002\)\n {2}hint: /);
  });

  test("because its disk is full ends `up` with 1 and a Problem, and leaves nothing half-written", async (t) => {
    using scratch = scratchDirectory();
    const path = join(scratch.path, "full");
    using mounted = mountOrSkip(t, path, "size=16k");
    if (!mounted) return;
    fill(join(path, "ballast"));
    assertSays(await up(scratch.path, path), /no space left on (the )?device.*\((LB4004|LB7211|LB7106)\)/s);
    assert.equal(existsSync(join(path, "control.sock")), false);
    assert.equal(existsSync(join(path, "proxies/infra.edge/bootstrap.json")), false);
  });

  test("because a part of its path is a file ends `up` with 1 and a Problem", async () => {
    using scratch = scratchDirectory();
    const file = join(scratch.path, "file");
    writeFileSync(file, "");
    assertSays(await up(scratch.path, join(file, "state")), /error: .*a part of the path is a file.* \(LB4004\)/);
  });
});

/** Says that it is the Envoy that set-up brought, and otherwise does what it is told. */
function script(folder: string, otherwise: string): string {
  const paths: unknown = JSON.parse(readFileSync(join(REPOSITORY, ".setup/paths.json"), "utf8"));
  const real = typeof paths === "object" && paths !== null && "envoy" in paths ? paths.envoy : "";
  const path = join(folder, "envoy");
  writeFileSync(path, `#!/bin/sh\n[ "$1" = --version ] && exec ${real} --version\n${otherwise}\n`);
  chmodSync(path, 0o755);
  return path;
}

function fill(path: string): void {
  try {
    for (let size = 65_536; ; ) writeFileSync(path, "x".repeat(size), { flag: "a" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  }
}
