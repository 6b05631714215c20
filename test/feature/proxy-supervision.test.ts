import assert from "node:assert/strict";
import { fork, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Bootstrap } from "../../src/proxy/bootstrap.ts";
import { proxyPaths } from "../../src/proxy/paths.ts";
import { readPidFile, writePidFile } from "../../src/proxy/pid-file.ts";
import { identifyProcess, isAlive } from "../../src/proxy/process-identity.ts";
import { EnvoySupervisor } from "../../src/proxy/supervisor.ts";
import {
  envoyForTests,
  eventually,
  freePort,
  get,
  Origin,
  runEnvoy,
  scratchDirectory,
  staticBootstrap,
} from "../support/supervised-envoy.ts";

const binary = await envoyForTests();

interface Served extends AsyncDisposable {
  readonly supervisor: EnvoySupervisor;
  readonly origin: Origin;
  readonly port: number;
  readonly directory: string;
  readonly bootstrap: Bootstrap;
  pid(): number;
}

async function serve(): Promise<Served> {
  const scratch = scratchDirectory();
  const directory = join(scratch.path, "edge");
  const origin = new Origin();
  const port = await freePort();
  const bootstrap = staticBootstrap(directory, port, await origin.listen());
  const supervisor = await runEnvoy(binary, directory, bootstrap);
  return {
    supervisor,
    origin,
    port,
    directory,
    bootstrap,
    pid: () => {
      assert.equal(supervisor.state.kind, "running");
      return supervisor.state.kind === "running" ? supervisor.state.pid : 0;
    },
    [Symbol.asyncDispose]: async () => {
      await supervisor.stop({ drainMs: 0 });
      await origin[Symbol.asyncDispose]();
      scratch[Symbol.dispose]();
    },
  };
}

test("an Envoy that is killed is started again and serves", async () => {
  await using served = await serve();
  const first = served.pid();
  process.kill(first, "SIGKILL");
  await eventually("a new Envoy runs", () => {
    const { state } = served.supervisor;
    return state.kind === "running" && state.pid !== first;
  });
  assert.deepEqual(await get(served.port), { status: 200, body: "at once\n" });
});

test("stop lets an open request finish, refuses new ones and leaves no process", async () => {
  await using served = await serve();
  const identity = identifyProcess(served.pid());
  assert.ok(identity);
  const open = get(served.port, "/held");
  await eventually("the request reached the origin", () => served.origin.heldRequests === 1);
  const stopped = served.supervisor.stop({ drainMs: 30_000 });
  await eventually("new connections are refused", async () => (await get(served.port)).status === 0);
  assert.ok(isAlive(identity), "Envoy waits for the open request");
  served.origin.release();
  assert.deepEqual(await open, { status: 200, body: "held\n" });
  await stopped;
  assert.equal(isAlive(identity), false);
  assert.equal(served.supervisor.state.kind, "stopped");
  assert.equal(existsSync(proxyPaths(served.directory).pidFile), false);
});

test("stop gives up on an open request after its bound", async () => {
  await using served = await serve();
  const open = get(served.port, "/held");
  await eventually("the request reached the origin", () => served.origin.heldRequests === 1);
  await served.supervisor.stop({ drainMs: 100 });
  assert.equal((await open).status, 0);
  assert.equal(served.supervisor.state.kind, "stopped");
});

test("a hanging Envoy is ended", async () => {
  await using served = await serve();
  const identity = identifyProcess(served.pid());
  assert.ok(identity);
  process.kill(identity.pid, "SIGSTOP");
  await served.supervisor.stop();
  assert.equal(isAlive(identity), false);
});

test("a supervisor can be started again after a stop", async () => {
  await using served = await serve();
  await served.supervisor.stop();
  assert.equal(await served.supervisor.start(), undefined);
  assert.equal(await served.supervisor.waitReady(15_000), undefined);
  assert.equal((await get(served.port)).status, 200);
});

test("a bootstrap that Envoy refuses is a problem with Envoy's own words, and it is tried again", async () => {
  using scratch = scratchDirectory();
  const bootstrap = { ...staticBootstrap(scratch.path, await freePort(), 1), no_such_field: 1 };
  const supervisor = new EnvoySupervisor({ binary, directory: scratch.path, bootstrap });
  try {
    assert.equal(await supervisor.start(), undefined);
    const problem = await supervisor.waitReady(30_000);
    assert.equal(problem?.code, "LB4003");
    assert.equal(problem?.severity, "error");
    assert.match(problem?.message ?? "", /3 times in a row \(exit code 1\).*no_such_field/s);
    await eventually("it goes on trying", () => {
      const { state } = supervisor;
      return state.kind === "backing-off" && state.failures > 3;
    });
  } finally {
    await supervisor.stop();
  }
  assert.equal(supervisor.state.kind, "stopped");
});

test("the Envoy of a control plane that was killed serves on and is taken over", async () => {
  using scratch = scratchDirectory();
  await using origin = new Origin();
  const directory = join(scratch.path, "edge");
  const port = await freePort();
  const bootstrap = staticBootstrap(directory, port, await origin.listen());
  const first = fork(new URL("../support/supervise-envoy.ts", import.meta.url), [directory, JSON.stringify(bootstrap)]);
  const gone = new Promise((done) => first.once("exit", done));
  const next = new EnvoySupervisor({ binary, directory, bootstrap, concurrency: 1 });
  try {
    const pid = await new Promise((done) => first.once("message", done));
    first.kill("SIGKILL");
    await gone;
    assert.equal((await get(port)).status, 200);
    assert.equal(await next.start(), undefined);
    assert.equal(await next.waitReady(15_000), undefined);
    assert.ok(next.state.kind === "running" && next.state.adopted && next.state.pid === pid);
    assert.equal((await get(port)).status, 200);
    // It is watched like one of our own.
    process.kill(next.state.pid, "SIGKILL");
    await eventually("a new Envoy runs", () => next.state.kind === "running" && next.state.pid !== pid);
    assert.equal((await get(port)).status, 200);
  } finally {
    first.kill("SIGKILL");
    await next.start();
    await next.stop({ drainMs: 0 });
  }
});

test("a leftover Envoy with another bootstrap is ended and replaced", async () => {
  await using served = await serve();
  const before = identifyProcess(served.pid());
  assert.ok(before);
  const port = await freePort();
  const bootstrap = staticBootstrap(served.directory, port, 1);
  const next = new EnvoySupervisor({ binary, directory: served.directory, bootstrap, concurrency: 1 });
  await served.supervisor.stop({ drainMs: 0 });
  // As if the control plane had died right after: the process runs and the record says so.
  const orphan = spawn(
    binary.path,
    ["--config-path", proxyPaths(served.directory).bootstrap, "--disable-hot-restart", "--concurrency", "1"],
    { stdio: "ignore" },
  );
  const identity = identifyProcess(orphan.pid ?? 0);
  assert.ok(identity);
  writePidFile(proxyPaths(served.directory).pidFile, { ...identity, fingerprint: "another", draining: false });
  try {
    assert.equal(await next.start(), undefined);
    await eventually("the orphan is gone", () => orphan.exitCode !== null || orphan.signalCode !== null);
    assert.equal(await next.waitReady(15_000), undefined);
    assert.ok(next.state.kind === "running" && next.state.pid !== identity.pid && !next.state.adopted);
  } finally {
    await next.stop();
    orphan.kill("SIGKILL");
  }
});

test("an Envoy of ours without a record is ended before another starts", async () => {
  await using served = await serve();
  await served.supervisor.stop({ drainMs: 0 });
  const orphan = spawn(
    binary.path,
    ["--config-path", proxyPaths(served.directory).bootstrap, "--disable-hot-restart"],
    {
      stdio: "ignore",
    },
  );
  try {
    await eventually("the orphan serves", async () => (await get(served.port)).status === 200);
    assert.equal(await served.supervisor.start(), undefined);
    await eventually("the orphan is gone", () => orphan.exitCode !== null);
    assert.equal(await served.supervisor.waitReady(15_000), undefined);
  } finally {
    orphan.kill("SIGKILL");
  }
});

test("a foreign process that has the recorded pid is left alone", async () => {
  using scratch = scratchDirectory();
  const foreign = spawn("sleep", ["600"], { stdio: "ignore" });
  const identity = identifyProcess(foreign.pid ?? 0);
  assert.ok(identity);
  const paths = proxyPaths(join(scratch.path, "edge"));
  mkdirSync(paths.directory);
  writePidFile(paths.pidFile, { ...identity, startTime: "long ago", fingerprint: "any", draining: false });
  const bootstrap = staticBootstrap(paths.directory, await freePort(), 1);
  const supervisor = new EnvoySupervisor({ binary, directory: paths.directory, bootstrap, concurrency: 1 });
  try {
    assert.equal(await supervisor.start(), undefined);
    assert.notEqual(readPidFile(paths.pidFile)?.pid, identity.pid);
    await supervisor.stop({ drainMs: 0 });
    assert.ok(isAlive(identity));
  } finally {
    await supervisor.stop({ drainMs: 0 });
    foreign.kill("SIGKILL");
  }
});

test("a stop during the start leaves no process", async () => {
  using scratch = scratchDirectory();
  const bootstrap = staticBootstrap(scratch.path, await freePort(), 1);
  const supervisor = new EnvoySupervisor({ binary, directory: scratch.path, bootstrap, concurrency: 1 });
  const pids = new Set<number>();
  supervisor.onChange((state) => "pid" in state && state.pid !== undefined && pids.add(state.pid));
  const started = supervisor.start();
  await supervisor.stop();
  await started;
  assert.equal(supervisor.state.kind, "stopped");
  assert.ok(pids.size > 0);
  for (const pid of pids) assert.equal(identifyProcess(pid), undefined);
});

test("Envoy's log is rotated while Envoy writes to it", async () => {
  await using served = await serve();
  const paths = proxyPaths(served.directory);
  await served.supervisor.stop();
  writeFileSync(paths.log, "x".repeat(2000));
  const bootstrap = { ...served.bootstrap, no_such_field: 1 };
  const small = new EnvoySupervisor({ binary, directory: served.directory, bootstrap, maxLogBytes: 1000 });
  await small.start();
  const problem = await small.waitReady(15_000);
  await small.stop();
  assert.match(problem?.message ?? "", /no_such_field/);
  assert.equal(readFileSync(paths.log, "utf8").includes("xxx"), false);
});
