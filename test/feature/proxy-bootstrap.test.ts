import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { statSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { buildBootstrap } from "../../src/proxy/bootstrap.ts";
import { proxyPaths } from "../../src/proxy/paths.ts";
import { portProblem } from "../../src/proxy/port-check.ts";
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

test("Envoy accepts the whole bootstrap, every field known and none deprecated", async () => {
  using scratch = scratchDirectory();
  const file = join(scratch.path, "bootstrap.json");
  const bootstrap = buildBootstrap({
    nodeId: "gateway/infra/edge/1",
    xdsSocketPath: join(scratch.path, "xds.sock"),
    adminSocketPath: join(scratch.path, "admin.sock"),
    runtimeLayers: Array.from({ length: 16 }, (_, index) => `splits-${index}`),
  });
  writeFileSync(file, JSON.stringify(bootstrap));
  const args = ["--mode", "validate", "-c", file, "-l", "warning"];
  const output = await new Promise<string>((done) => {
    execFile(binary.path, args, (error, stdout, stderr) => done(`${error?.message ?? ""}${stdout}${stderr}`));
  });
  assert.match(output, /^configuration '.*' OK\n?$/);
});

test("the admin interface is a socket that only the owner may open", async () => {
  using scratch = scratchDirectory();
  const directory = join(scratch.path, "edge");
  await using supervisor = await runEnvoy(binary, directory, staticBootstrap(directory, await freePort(), 1));
  assert.equal(await supervisor.admin.ready(), "LIVE");
  assert.equal(statSync(directory).mode & 0o777, 0o700);
  assert.equal(statSync(proxyPaths(directory).adminSocket).mode & 0o777, 0o600);
});

test("of the statistics only those that somebody reads are kept", async () => {
  using scratch = scratchDirectory();
  await using origin = new Origin();
  const port = await freePort();
  await using supervisor = await runEnvoy(
    binary,
    scratch.path,
    staticBootstrap(scratch.path, port, await origin.listen()),
  );
  assert.equal((await get(port)).status, 200);
  const stats = await supervisor.admin.stats(".*");
  assert.equal(stats.get("cluster.origin.upstream_rq_2xx"), 1);
  assert.equal(stats.get("http.test.downstream_rq_2xx"), 1);
  assert.equal(stats.get("server.live"), 1);
  assert.ok(stats.has(`listener.127.0.0.1_${port}.downstream_cx_active`));
  assert.deepEqual(
    [...stats.keys()].filter((name) => name.startsWith("cluster.")),
    ["cluster.origin.upstream_cx_connect_fail", "cluster.origin.upstream_rq_2xx", "cluster.origin.upstream_rq_timeout"],
  );
});

test("connections beyond the limit are refused, those of the admin socket are not", async () => {
  using scratch = scratchDirectory();
  await using origin = new Origin();
  const port = await freePort();
  const limited = buildBootstrap({
    nodeId: "gateway/infra/edge/1",
    xdsSocketPath: "unused",
    adminSocketPath: proxyPaths(scratch.path).adminSocket,
    runtimeLayers: [],
    maxDownstreamConnections: 1,
  });
  const bootstrap = {
    ...staticBootstrap(scratch.path, port, await origin.listen()),
    overload_manager: limited.overload_manager,
  };
  await using supervisor = await runEnvoy(binary, scratch.path, bootstrap);
  const sockets: Socket[] = [];
  try {
    sockets.push(connect(port, "127.0.0.1").on("error", () => undefined));
    await eventually("a second connection is closed", async () => (await get(port)).status === 0);
    assert.equal(await supervisor.admin.ready(), "LIVE");
  } finally {
    for (const socket of sockets) socket.destroy();
  }
});

test("a path expression that Envoy's own default would refuse is accepted", async () => {
  using scratch = scratchDirectory();
  await using origin = new Origin();
  const port = await freePort();
  const regex = "/(at|by|in|on|to)/[a-zA-Z0-9_-]{1,60}/(first|second|third|fourth)";
  const text = JSON.stringify(staticBootstrap(scratch.path, port, await origin.listen()));
  const bootstrap = JSON.parse(text.replace('{"prefix":"/"}', JSON.stringify({ safe_regex: { regex } })));
  await using _supervisor = await runEnvoy(binary, scratch.path, bootstrap);
  assert.equal((await get(port, "/in/shop/third")).status, 200);
  assert.equal((await get(port, "/in/shop/fifth")).status, 404);
});

test("a taken port is a problem that names who has it, also when an Envoy has it", async () => {
  using scratch = scratchDirectory();
  const port = await freePort();
  assert.equal(await portProblem("127.0.0.1", port), undefined);
  await using supervisor = await runEnvoy(binary, scratch.path, staticBootstrap(scratch.path, port, 1));
  const pid = supervisor.state.kind === "running" ? supervisor.state.pid : 0;
  const problem = await portProblem("127.0.0.1", port);
  assert.equal(problem?.code, "LB4007");
  assert.equal(await portProblem("127.0.0.1", port, new Set([pid])), undefined);
  if (problem?.message.includes("pid")) assert.match(problem.message, new RegExp(`envoy.* \\(pid ${pid}\\)`));
});

test("a port of a Node server is taken too; an address of another machine can't be listened on", async () => {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  assert.equal((await portProblem("127.0.0.1", port))?.code, "LB4007");
  await new Promise((done) => server.close(done));
  assert.equal((await portProblem("192.0.2.1", port))?.code, "LB4008");
});
