import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttp2Server, type Http2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { translateEndpoints } from "../../src/compiler/envoy/endpoints.ts";
import type { CorsPolicy, ExternalAuth } from "../../src/compiler/routing/routing.ts";
import { CheckRequestSchema, CheckResponseSchema } from "../../src/gen/envoy/service/auth/v3/external_auth_pb.js";
import { type Echo, startEcho, type TestServer } from "../support/echo-server.ts";
import { backend, forward, host, httpPort, leg, match, route } from "../support/routing-values.ts";
import { eventually } from "../support/supervised-envoy.ts";
import { type Ask, TranslatedGateway } from "../support/translated-gateway.ts";

const CORS: CorsPolicy = {
  allowOrigins: ["https://app.test", "https://*.apps.test"],
  allowMethods: ["GET", "PUT"],
  allowHeaders: ["x-token", "content-type"],
  exposeHeaders: ["x-total"],
  allowCredentials: true,
  maxAgeSeconds: 600,
};
const HTTP_AUTH: ExternalAuth = {
  protocol: "HTTP",
  leg: "auth",
  path: "/check",
  allowedHeaders: ["x-token"],
  allowedResponseHeaders: ["x-user"],
  forwardBodyMaxBytes: 0,
};

let servers: TestServer[];
let grpcAuth: { port: number; server: Http2Server };
let gateway: TranslatedGateway;
const mirrored: Echo[] = [];
const checks: Echo[] = [];
const grpcChecks: { path: string; body: string }[] = [];

before(async () => {
  servers = [
    await startEcho("a"),
    await startEcho("b"),
    await startEcho("mirror", (request) => {
      mirrored.push({
        service: "mirror",
        method: request.method ?? "",
        path: request.url ?? "",
        headers: request.headers,
        body: "",
      });
      return false;
    }),
    await startEcho("auth", (request, response) => {
      checks.push({
        service: "auth",
        method: request.method ?? "",
        path: request.url ?? "",
        headers: request.headers,
        body: "",
      });
      if (request.headers["x-token"] === "good") response.writeHead(200, { "x-user": "ann", "x-internal": "1" }).end();
      else response.writeHead(401, { "www-authenticate": "Bearer" }).end("who are you?");
      return true;
    }),
  ];
  grpcAuth = await startGrpcAuth();
  const [a, b, mirror, auth] = servers as [TestServer, TestServer, TestServer, TestServer];
  gateway = await TranslatedGateway.start({
    ports: [httpPort()],
    legs: [
      [leg("a"), a.port],
      [leg("b"), b.port],
      [leg("mirror"), mirror.port],
      [leg("auth"), auth.port],
      [leg("grpc-auth", { protocol: "HTTP2" }), grpcAuth.port],
      [leg("several"), a.port],
    ],
    more: [
      translateEndpoints(leg("several"), {
        state: "known",
        endpoints: [a, b].map(({ port }) => ({ address: "127.0.0.1", port })),
      }),
    ],
    hosts: [
      host("cors.test", [
        route(
          match("/get", { method: "GET", headers: [{ name: "x-token", kind: "exact", value: "1" }] }),
          forward("a"),
          { cors: CORS },
        ),
        route("/any", forward("a"), { cors: CORS }),
        route("/guarded", forward("a"), { cors: CORS, externalAuth: HTTP_AUTH }),
        route("/star", forward("a"), {
          cors: { ...CORS, allowOrigins: ["*"], allowMethods: ["*"], allowHeaders: ["*"] },
        }),
        route("/", forward("a")),
      ]),
      host("mirror.test", [
        route(
          "/all",
          forward([backend("a", { host: "a.internal" })], {
            mirrors: [{ leg: "mirror", numerator: 100, denominator: 100 }],
          }),
        ),
        route(
          "/host",
          forward("a", { mirrors: [{ leg: "mirror", host: "mirror.internal", numerator: 1, denominator: 1 }] }),
        ),
        route("/some", forward("a", { mirrors: [{ leg: "mirror", numerator: 1, denominator: 4 }] })),
        route("/gone", forward("a", { mirrors: [{ leg: "no-such-leg", numerator: 1, denominator: 1 }] })),
      ]),
      host("auth.test", [
        route("/http", forward("a"), { externalAuth: HTTP_AUTH }),
        route("/grpc", forward("a"), {
          externalAuth: { ...HTTP_AUTH, protocol: "GRPC", leg: "grpc-auth", forwardBodyMaxBytes: 4 },
        }),
        route("/gone", forward("a"), { externalAuth: { ...HTTP_AUTH, leg: "no-such-leg" } }),
        route("/open", forward("a")),
      ]),
      host("session.test", [
        route("/cookie", forward("several", { session: { type: "cookie", name: "sid", ttlSeconds: 60 } })),
        route("/header", forward("several", { session: { type: "header", name: "x-sid" } })),
        route(
          "/legs",
          forward(
            ["a", "b"].map((id) => backend(id)),
            { session: { type: "cookie", name: "sid" } },
          ),
        ),
        route("/none", forward("several")),
      ]),
      host("*.wild.test", [
        route("/guarded", forward("a"), { externalAuth: HTTP_AUTH }),
        route("/session", forward("several", { session: { type: "header", name: "x-sid" } })),
        route("/open", forward("a")),
      ]),
    ],
  });
});

after(async () => {
  await gateway?.stop();
  grpcAuth?.server.close();
  for (const server of servers ?? []) await server.close();
});

/** envoy.service.auth.v3.Authorization/Check: says yes to bodies that begin with "good". */
async function startGrpcAuth() {
  const server = createHttp2Server();
  server.on("stream", async (stream) => {
    const frame = Buffer.concat(await stream.toArray());
    const { attributes } = fromBinary(CheckRequestSchema, frame.subarray(5));
    const { path = "", rawBody = new Uint8Array() } = attributes?.request?.http ?? {};
    const body = Buffer.from(rawBody).toString();
    grpcChecks.push({ path, body });
    const status = { code: body.startsWith("good") ? 0 : 7 };
    const answer = toBinary(CheckResponseSchema, create(CheckResponseSchema, { status }));
    const head = Buffer.alloc(5);
    head.writeUInt32BE(answer.length, 1);
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(Buffer.concat([head, answer]));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, port: (server.address() as AddressInfo).port };
}

function preflight(path: string, origin: string, asksFor = "GET"): Ask & { path: string } {
  return {
    path,
    host: "cors.test",
    method: "OPTIONS",
    headers: { origin, "access-control-request-method": asksFor, "access-control-request-headers": "x-token" },
  };
}

test("a preflight is answered by the gateway, also where the route wants another method and headers", async () => {
  for (const path of ["/get", "/any", "/guarded"]) {
    for (const origin of ["https://app.test", "https://a.b.apps.test"]) {
      const { path: at, ...ask } = preflight(path, origin);
      const { status, headers, body } = await gateway.ask(at, ask);
      assert.ok(status === 200 || status === 204, `${path}: ${status}`);
      assert.equal(body, "");
      assert.equal(headers["access-control-allow-origin"], origin);
      assert.equal(headers["access-control-allow-methods"], "GET, PUT");
      assert.equal(headers["access-control-allow-headers"], "x-token, content-type");
      assert.equal(headers["access-control-allow-credentials"], "true");
      assert.equal(headers["access-control-max-age"], "600");
    }
  }
  assert.equal(checks.length, 0, "nobody is asked who the user is");
});

test("a preflight from elsewhere gets no permission and doesn't reach the service", async () => {
  for (const origin of [
    "https://evil.test",
    "https://app.test.evil",
    "https://apps.test",
    "https://evil.test/.apps.test",
  ]) {
    const { path, ...ask } = preflight("/any", origin);
    const { headers, body } = await gateway.ask(path, ask);
    assert.equal(headers["access-control-allow-origin"], undefined, origin);
    assert.equal(body, "");
  }
});

test("answers to allowed origins say so; the request is the service's", async () => {
  const allowed = await gateway.ask("/any", { host: "cors.test", headers: { origin: "https://app.test" } });
  assert.equal(allowed.echo.service, "a");
  assert.equal(allowed.headers["access-control-allow-origin"], "https://app.test");
  assert.equal(allowed.headers["access-control-expose-headers"], "x-total");
  const other = await gateway.ask("/any", { host: "cors.test", headers: { origin: "https://evil.test" } });
  assert.equal(other.headers["access-control-allow-origin"], undefined);
  const plain = await gateway.ask("/any", { host: "cors.test", method: "OPTIONS" });
  assert.equal(plain.echo.method, "OPTIONS");
});

test("wildcards with credentials name what was asked for", async () => {
  const { path, ...ask } = preflight("/star", "https://any.test", "PATCH");
  const { headers } = await gateway.ask(path, ask);
  assert.equal(headers["access-control-allow-origin"], "https://any.test");
  assert.equal(headers["access-control-allow-methods"], "PATCH");
  assert.equal(headers["access-control-allow-headers"], "x-token");
});

test("a mirror gets a copy with the Host it wants, and its answer goes nowhere", async () => {
  const { echo } = await gateway.ask("/all?q=1", { host: "mirror.test" });
  assert.deepEqual([echo.service, echo.headers.host], ["a", "a.internal"]);
  await eventually("the copy arrives", () => mirrored.length === 1);
  assert.deepEqual([mirrored[0]?.path, mirrored[0]?.headers.host], ["/all?q=1", "mirror.test"]);
  await gateway.ask("/host", { host: "mirror.test" });
  await eventually("the copy arrives", () => mirrored.length === 2);
  assert.equal(mirrored[1]?.headers.host, "mirror.internal");
  assert.equal((await gateway.ask("/gone", { host: "mirror.test" })).status, 200);
});

test("a mirror with a fraction gets about that share", async () => {
  const before = mirrored.length;
  await Promise.all(Array.from({ length: 800 }, () => gateway.ask("/some", { host: "mirror.test" })));
  await eventually("the copies arrive", () => mirrored.length > before + 100);
  assert.ok(mirrored.length - before < 320, String(mirrored.length - before));
});

test("an HTTP authorization service decides, and only on the routes that want it", async () => {
  checks.length = 0;
  const denied = await gateway.ask("/http/x?q=1", { host: "auth.test" });
  assert.deepEqual([denied.status, denied.body, denied.headers["www-authenticate"]], [401, "who are you?", "Bearer"]);
  const allowed = await gateway.ask("/http/x", {
    host: "auth.test",
    headers: { "x-token": "good", "x-other": "1", "x-user": "forged" },
  });
  assert.deepEqual([allowed.echo.headers["x-user"], allowed.echo.headers["x-internal"]], ["ann", undefined]);
  assert.deepEqual([checks[0]?.path, checks[0]?.method], ["/check/http/x?q=1", "GET"]);
  assert.equal(checks[1]?.headers["x-token"], "good");
  assert.equal((await gateway.ask("/open", { host: "auth.test" })).status, 200);
  assert.equal(checks.length, 2);
});

test("nobody gets past authorization by how they write the host, nor under a wildcard", async () => {
  const ask = (path: string, name: string, token: string) =>
    gateway.ask(path, { host: name, headers: { "x-token": token } }).then(({ status }) => status);
  for (const [path, name] of [
    ["/http", "AUTH.test"],
    ["/http", "auth.test.:80"],
    ["/guarded", "a.wild.test"],
    ["/guarded", "A.wild.test"],
  ] as const) {
    assert.equal(await ask(path, name, "bad"), 401, name);
    assert.equal(await ask(path, name, "good"), 200, name);
  }
  checks.length = 0;
  assert.equal(await ask("/open", "AUTH.test", "bad"), 200);
  assert.equal(await ask("/open", "a.wild.test", "bad"), 200);
  assert.equal(await ask("/no-such-path", "a.wild.test", "bad"), 404);
  assert.equal(await ask("/", "elsewhere.example", "bad"), 404);
  assert.equal(checks.length, 0);
});

test("authorization services see nothing of the gateway's own headers", async () => {
  checks.length = 0;
  await gateway.ask("/http", { host: "auth.test" });
  await gateway.ask("/guarded", { host: "a.wild.test" });
  const seen = checks.flatMap(({ headers }) => Object.keys(headers));
  assert.deepEqual([checks.length, seen.filter((name) => name.includes("landbridge"))], [2, []]);
});

test("a gRPC authorization service decides, and sees as much of the body as it may", async () => {
  const ask = (body: string) => gateway.ask("/grpc", { host: "auth.test", method: "POST", body });
  assert.equal((await ask("bad and long")).status, 403);
  const allowed = await ask("good and long");
  assert.deepEqual([allowed.status, allowed.echo.body], [200, "good and long"]);
  assert.deepEqual(grpcChecks, [
    { path: "/grpc", body: "bad " },
    { path: "/grpc", body: "good" },
  ]);
});

test("without an answer from the authorization service nobody gets in", async () => {
  assert.equal((await gateway.ask("/gone", { host: "auth.test" })).status, 403);
});

test("a session stays on its endpoint", async () => {
  for (let i = 0; i < 5; i++) {
    const first = await gateway.ask("/cookie", { host: "session.test" });
    const [set = ""] = first.headers["set-cookie"] ?? [];
    assert.match(set, /^sid=.*Max-Age=60/);
    const byHeader = await gateway.ask("/header", { host: "session.test" });
    const sid = String(byHeader.headers["x-sid"]);
    for (let again = 0; again < 5; again++) {
      const headers = { cookie: set.split(";")[0] ?? "" };
      assert.equal((await gateway.ask("/cookie", { host: "session.test", headers })).echo.service, first.echo.service);
      const next = await gateway.ask("/header", { host: "session.test", headers: { "x-sid": sid } });
      assert.equal(next.echo.service, byHeader.echo.service);
    }
  }
  assert.equal((await gateway.ask("/none", { host: "session.test" })).headers["set-cookie"], undefined);
});

test("a session under a wildcard stays on its endpoint too", async () => {
  const first = await gateway.ask("/session", { host: "a.wild.test" });
  const headers = { "x-sid": String(first.headers["x-sid"]) };
  for (let again = 0; again < 5; again++) {
    const next = await gateway.ask("/session", { host: "a.wild.test", headers });
    assert.equal(next.echo.service, first.echo.service);
  }
});

test("a session stays on its leg where a route has several", async () => {
  for (let i = 0; i < 5; i++) {
    const first = await gateway.ask("/legs", { host: "session.test" });
    const set = first.headers["set-cookie"] ?? [];
    assert.equal(set.length, 2);
    const cookie = set.map((one) => one.split(";")[0]).join("; ");
    for (let again = 0; again < 5; again++) {
      const next = await gateway.ask("/legs", { host: "session.test", headers: { cookie } });
      assert.equal(next.echo.service, first.echo.service);
      assert.equal(next.headers["set-cookie"], undefined);
    }
  }
});
