import assert from "node:assert/strict";
import { createServer, type Socket } from "node:net";
import { after, before, test } from "node:test";
import { translateEndpoints } from "../../src/compiler/envoy/endpoints.ts";
import { startEcho, type TestServer } from "../support/echo-server.ts";
import { forward, host, httpPort, leg, route } from "../support/routing-values.ts";
import { freePort } from "../support/supervised-envoy.ts";
import { TranslatedGateway } from "../support/translated-gateway.ts";

let echo: TestServer;
let dropping: { port: number; tries: () => number; close: () => void };
let gateway: TranslatedGateway;
/** Tries of each request, by its x-test-id. */
const tries = new Map<string, number>();

before(async () => {
  echo = await startEcho("a", (request, response) => {
    const id = String(request.headers["x-test-id"]);
    const count = (tries.get(id) ?? 0) + 1;
    tries.set(id, count);
    const [, kind, failures = "0"] = (request.url ?? "").split("/");
    if (count > Number(failures)) return false;
    if (kind === "status") response.writeHead(503).end("failed");
    if (kind === "reset") request.socket.destroy();
    return true;
  });
  dropping = await startDropping();
  const dead = await freePort();
  gateway = await TranslatedGateway.start({
    ports: [httpPort()],
    legs: [
      [leg("a"), echo.port],
      [leg("dropping"), dropping.port],
      [leg("half-dead"), echo.port],
    ],
    more: [
      translateEndpoints(leg("half-dead"), {
        state: "known",
        endpoints: [
          { address: "127.0.0.1", port: echo.port },
          { address: "127.0.0.1", port: dead },
        ],
      }),
    ],
    hosts: [
      host("plain.test", [route("/", forward("a"))]),
      host("request-timeout.test", [route("/", forward("a", { requestTimeoutMs: 300 }))]),
      host("no-timeout.test", [route("/", forward("a", { requestTimeoutMs: 0, backendTimeoutMs: 0 }))]),
      host("backend-timeout.test", [route("/", forward("a", { backendTimeoutMs: 300 }))]),
      host("retry.test", [
        route("/", forward("a", { backendTimeoutMs: 300, retry: { codes: [503], attempts: 2, backoffMs: 5 } })),
      ]),
      host("retry-other.test", [route("/", forward("a", { retry: { codes: [500], attempts: 2 } }))]),
      host("half-dead.test", [route("/", forward("half-dead"))]),
      host("dropping.test", [route("/", forward("dropping"))]),
    ],
  });
});

after(async () => {
  await gateway?.stop();
  await echo?.close();
  dropping?.close();
});

/** Takes each request and hangs up without an answer: what a second try of a POST must not follow on. */
async function startDropping() {
  let requests = 0;
  const server = createServer((socket: Socket) =>
    socket.once("data", () => {
      requests++;
      socket.destroy();
    }),
  );
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  return { port: address.port, tries: () => requests, close: () => server.close() };
}

let ids = 0;
async function ask(name: string, path: string) {
  const id = `request-${ids++}`;
  const answer = await gateway.ask(path, { host: name, headers: { "x-test-id": id } });
  return { status: answer.status, tries: tries.get(id) ?? 0 };
}

test("a request that takes longer than its route allows gets a 504", async () => {
  assert.equal((await ask("request-timeout.test", "/hang/9")).status, 504);
  assert.equal((await ask("request-timeout.test", "/ok/0")).status, 200);
});

test("a try that takes longer than its backend may gets a 504, and isn't tried again unasked", async () => {
  assert.deepEqual(await ask("backend-timeout.test", "/hang/9"), { status: 504, tries: 1 });
});

test("retries follow on the codes that are named, on resets and on timeouts of a try, as often as allowed", async () => {
  assert.deepEqual(await ask("retry.test", "/status/2"), { status: 200, tries: 3 });
  assert.deepEqual(await ask("retry.test", "/status/3"), { status: 503, tries: 3 });
  assert.deepEqual(await ask("retry.test", "/reset/2"), { status: 200, tries: 3 });
  assert.deepEqual(await ask("retry.test", "/hang/1"), { status: 200, tries: 2 });
  assert.deepEqual(await ask("retry-other.test", "/status/1"), { status: 503, tries: 1 });
});

test("without a retry policy a request that reached the service is not sent twice", async () => {
  assert.deepEqual(await ask("plain.test", "/status/1"), { status: 503, tries: 1 });
  assert.deepEqual(await ask("plain.test", "/reset/1"), { status: 503, tries: 1 });
  assert.equal((await gateway.ask("/", { host: "dropping.test", method: "POST", body: "x" })).status, 503);
  assert.equal(dropping.tries(), 1);
});

test("an endpoint that refuses connections fails no request", async () => {
  const answers = await Promise.all(Array.from({ length: 400 }, () => ask("half-dead.test", "/ok/0")));
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
});

test("clients can't steer timeouts and retries by Envoy's headers", async () => {
  const headers = {
    "x-envoy-upstream-rq-timeout-ms": "1",
    "x-envoy-retry-on": "5xx",
    "x-envoy-max-retries": "9",
    "x-test-id": "steered",
  };
  const answer = await gateway.ask("/status/1", { host: "plain.test", headers });
  assert.equal(answer.status, 503);
  assert.equal(tries.get("steered"), 1);
});
