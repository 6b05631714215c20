import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startLocalApi } from "../../../src/api/local/local-server.ts";
import { LocalClient } from "../../../src/client/local-client.ts";
import type { WatchLine } from "../../../src/client/local-types.ts";
import { FixedView } from "../../support/fixed-view.ts";
import { ServedView } from "../../support/local-api.ts";

const metadata = (name: string) => ({ name, namespace: "shop", labels: {}, annotations: {} });
const service = (name: string) => ({ apiVersion: "v1", kind: "Service", metadata: metadata(name) });

test("only the owner may open the socket, and it goes when the control plane stops", async () => {
  await using served = await ServedView.start();
  assert.equal(statSync(served.socketPath).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(served.stateDir), ["control.sock"]);
  await served.stop();
  assert.deepEqual(readdirSync(served.stateDir), []);
});

test("a second control plane is told who runs already, and the first goes on answering", async () => {
  await using served = await ServedView.start();
  const second = await startLocalApi({
    socketPath: served.socketPath,
    view: new FixedView(),
    signal: new AbortController().signal,
  });
  assert.ok("code" in second);
  assert.equal(second.code, "LB6001");
  assert.match(second.message, new RegExp(`pid ${process.pid}`));
  const answer = await served.client.info();
  assert.ok("value" in answer);
  assert.deepEqual(readdirSync(served.stateDir), ["control.sock"]);
});

test("a socket that a killed process left behind is replaced", async () => {
  const stateDir = mkdtempSync(join(tmpdir(), "landbridge-stale-"));
  const socketPath = join(stateDir, "control.sock");
  const listen = `require("node:net").createServer().listen(${JSON.stringify(socketPath)}, () => console.log("up"))`;
  const dead = spawn(process.execPath, ["-e", listen], { stdio: ["ignore", "pipe", "inherit"] });
  await once(dead.stdout, "data");
  dead.kill("SIGKILL");
  await once(dead, "exit");
  assert.ok(existsSync(socketPath));
  const stop = new AbortController();
  const api = await startLocalApi({ socketPath, view: new FixedView(), signal: stop.signal });
  assert.ok("closed" in api, JSON.stringify(api));
  assert.ok("value" in (await new LocalClient(socketPath).info()));
  stop.abort();
  await api.closed;
  rmSync(stateDir, { recursive: true });
});

test("a control plane that stopped does not take away its successor's socket", async () => {
  await using first = await ServedView.start();
  rmSync(first.socketPath);
  const stop = new AbortController();
  const second = await startLocalApi({ socketPath: first.socketPath, view: new FixedView(), signal: stop.signal });
  assert.ok("closed" in second);
  await first.stop();
  assert.ok("value" in (await first.client.info()));
  stop.abort();
  await second.closed;
});

test("a state directory that can't be written is a problem", async () => {
  const api = await startLocalApi({
    socketPath: "/dev/null/state/control.sock",
    view: new FixedView(),
    signal: new AbortController().signal,
  });
  assert.ok("code" in api);
  assert.equal(api.code, "LB6002");
});

test("secrets leave the control plane redacted", async () => {
  await using served = await ServedView.start();
  const resource = { apiVersion: "v1", kind: "Secret", metadata: metadata("tls"), data: { "tls.key": "c2VjcmV0" } };
  served.view.put(resource);
  const answers = [await served.client.objects({}), await served.client.compile("envoy", {})];
  assert.doesNotMatch(JSON.stringify(answers), /c2VjcmV0|BEGIN PRIVATE KEY/);
  assert.match(JSON.stringify(answers[0]), /redacted, 6 bytes/);
});

test("no control plane, a foreign socket, and a bad request are problems, each with its own code", async () => {
  await using served = await ServedView.start();
  const codeOf = async (client: LocalClient) => {
    const answer = await client.info();
    return "problem" in answer ? answer.problem.code : "none";
  };
  assert.equal(await codeOf(new LocalClient(join(served.stateDir, "nothing.sock"))), "LB6101");
  const silent = createServer(() => {}).listen(join(served.stateDir, "silent.sock"));
  await once(silent, "listening");
  assert.equal(await codeOf(new LocalClient(join(served.stateDir, "silent.sock"), 50)), "LB6103");
  silent.close();
  const refused = await served.client.compile("nonsense" as "model", {});
  assert.ok("problem" in refused);
  assert.equal(refused.problem.code, "LB6104");
});

test("a watch brings what is there, then each change of what it asked for", async () => {
  await using served = await ServedView.start();
  served.view.put(service("a"));
  const lines: string[] = [];
  let arrived = Promise.withResolvers<void>();
  const until = async (count: number) => {
    while (lines.length < count) await arrived.promise;
  };
  const stop = new AbortController();
  const onLine = (line: WatchLine) => {
    if (line.topic === "objects") lines.push(`${line.type} ${line.object.resource.metadata.name}`);
    arrived.resolve();
    arrived = Promise.withResolvers();
  };
  const watching = served.client.watch(["objects"], { kind: "Service" }, onLine, stop.signal);
  await until(1);
  served.view.put(service("b"));
  served.view.put({ ...service("x"), kind: "Gateway" });
  served.view.put({ ...service("b"), spec: { ports: [] } });
  served.view.put({ ...service("b"), spec: { ports: [] } });
  served.view.remove("Service/shop/a");
  await until(4);
  assert.deepEqual(lines, ["ADDED a", "ADDED b", "MODIFIED b", "DELETED a"]);
  stop.abort();
  assert.equal(await watching, undefined);
});

test("a watch that the control plane ends is a problem, and a client that goes is forgotten", async () => {
  await using served = await ServedView.start();
  served.view.put(service("a"));
  const seen = Promise.withResolvers<void>();
  const watching = served.client.watch(["objects"], {}, () => seen.resolve(), new AbortController().signal);
  await seen.promise;
  assert.equal(served.view.watchers, 1);
  await served.stop();
  const problem = await watching;
  assert.equal(problem?.code, "LB6103");
  assert.equal(served.view.watchers, 0);
});
