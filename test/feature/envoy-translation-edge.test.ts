import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { listenOn, startEcho, type TestServer } from "../support/echo-server.ts";
import { rawRequest } from "../support/raw-http.ts";
import { backend, forward, host, httpPort, leg, route } from "../support/routing-values.ts";
import { eventually } from "../support/supervised-envoy.ts";
import { TranslatedGateway } from "../support/translated-gateway.ts";

const MIB = 1024 * 1024;
let servers: TestServer[];
let gateway: TranslatedGateway;

before(async () => {
  servers = [await startEcho("a"), await startStreams(), await startGrpcLike()];
  const [a, streams, grpcLike] = servers as [TestServer, TestServer, TestServer];
  gateway = await TranslatedGateway.start({
    ports: [httpPort()],
    accessLog: { kind: "stdout" },
    legs: [
      [leg("a"), a.port],
      [leg("streams"), streams.port],
      [leg("grpc", { protocol: "HTTP2" }), grpcLike.port],
    ],
    hosts: [
      host("shop.test", [
        route("/public/dir", forward("a"), { name: "shop/public/rule/0/match/0" }),
        route("/streams", forward("streams")),
        route("/grpc", forward("grpc")),
        route("/", forward([backend("a", { host: "a.internal" })]), { name: "shop/front/rule/0/match/0" }),
      ]),
    ],
  });
});

after(async () => {
  await gateway?.stop();
  for (const server of servers ?? []) await server.close();
});

/** WebSocket echo of raw bytes, one event a request, hashes of uploads, and answers with trailers. */
function startStreams(): Promise<TestServer> {
  const server = createServer(async (request, response) => {
    switch (request.url) {
      case "/streams/events":
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.write("data: 1\n\n");
        request.socket.once("close", () => response.end());
        return;
      case "/streams/upload": {
        const hash = createHash("sha256");
        for await (const chunk of request) hash.update(chunk);
        response.end(hash.digest("hex"));
        return;
      }
      default: {
        for await (const _ of request);
        response.writeHead(200, { trailer: "x-checksum" });
        response.write("body");
        response.addTrailers({ "x-checksum": `seen ${request.trailers["x-request-checksum"]}` });
        response.end();
      }
    }
  });
  server.on("upgrade", (request, socket) => {
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nupgrade: ${request.headers.upgrade}\r\nconnection: upgrade\r\n\r\n`,
    );
    socket.pipe(socket);
  });
  return listenOn(server);
}

async function startGrpcLike(): Promise<TestServer> {
  const server = createHttp2Server();
  server.on("stream", (stream) => {
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "5", "grpc-message": "no such thing" }));
    stream.pipe(stream);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, close: async () => void server.close() };
}

test("websockets pass both ways", async () => {
  const call = httpRequest({
    host: "127.0.0.1",
    port: gateway.port,
    path: "/streams/socket",
    headers: { host: "shop.test", connection: "upgrade", upgrade: "websocket", "sec-websocket-version": "13" },
  }).end();
  const [response, socket] = await once(call, "upgrade");
  assert.equal(response.statusCode, 101);
  for (const text of ["hello", "again"]) {
    socket.write(text);
    const [bytes] = await once(socket, "data");
    assert.equal(String(bytes), text);
  }
  socket.destroy();
});

test("an event reaches the client while the stream stays open", async () => {
  const call = httpRequest({
    host: "127.0.0.1",
    port: gateway.port,
    path: "/streams/events",
    headers: { host: "shop.test" },
  }).end();
  const [response] = await once(call, "response");
  const [bytes] = await once(response, "data");
  assert.equal(String(bytes), "data: 1\n\n");
  call.destroy();
});

test("a 50 MB upload arrives whole", async () => {
  const piece = Buffer.alloc(MIB, "0123456789abcdef");
  const hash = createHash("sha256");
  const call = httpRequest({
    host: "127.0.0.1",
    port: gateway.port,
    path: "/streams/upload",
    method: "POST",
    headers: { host: "shop.test" },
  });
  const answered = once(call, "response");
  for (let sent = 0; sent < 50; sent++) {
    hash.update(piece);
    if (!call.write(piece)) await once(call, "drain");
  }
  call.end();
  const [response] = await answered;
  assert.equal(Buffer.concat(await response.toArray()).toString(), hash.digest("hex"));
});

test("HTTP/1 trailers pass both ways", async () => {
  const call = httpRequest({
    host: "127.0.0.1",
    port: gateway.port,
    path: "/streams/trailers",
    method: "POST",
    headers: { host: "shop.test", te: "trailers", trailer: "x-request-checksum", "transfer-encoding": "chunked" },
  });
  call.addTrailers({ "x-request-checksum": "abc" });
  call.end("x");
  const [response] = await once(call, "response");
  await response.toArray();
  assert.equal(response.trailers["x-checksum"], "seen abc");
});

test("gRPC streams and their trailers pass over HTTP/2", async () => {
  const session = connectHttp2(`http://127.0.0.1:${gateway.port}`);
  const stream = session.request({
    ":method": "POST",
    ":path": "/grpc/Call",
    ":authority": "shop.test",
    te: "trailers",
  });
  const trailers = once(stream, "trailers");
  stream.write("first");
  const [bytes] = await once(stream, "data");
  assert.equal(String(bytes), "first", "an answer while the request goes on");
  stream.end();
  stream.resume();
  const [received] = await trailers;
  assert.equal(received["grpc-status"], "5");
  assert.equal(received["grpc-message"], "no such thing");
  session.close();
});

test("hop-by-hop headers stop here, and what only proxies may say is not believed", async () => {
  const { body } = await rawRequest(gateway.port, [
    "GET /x HTTP/1.1",
    "Host: shop.test",
    "Connection: close, x-secret, keep-alive",
    "Keep-Alive: timeout=5",
    "Proxy-Connection: keep-alive",
    "TE: trailers, deflate",
    "X-Forwarded-For: 10.9.9.9",
    "X-Forwarded-Proto: https",
    "X-Forwarded-Host: forged",
    "X-Forwarded-Port: 1",
    "Forwarded: for=10.9.9.9",
    "X-Real-IP: 10.9.9.9",
    "X-Original-URL: /admin",
    "Proxy: http://forged",
    "X-Request-Id: forged",
    "X-Envoy-Internal: true",
    "x_forwarded_for: 10.9.9.9",
    "X-Kept: yes",
  ]);
  const { headers } = JSON.parse(body);
  for (const gone of [
    "keep-alive",
    "proxy-connection",
    "forwarded",
    "x-real-ip",
    "x-original-url",
    "proxy",
    "x-envoy-internal",
    "x_forwarded_for",
  ]) {
    assert.equal(headers[gone], undefined, gone);
  }
  assert.equal(headers.te, "trailers");
  assert.equal(headers["x-kept"], "yes");
  assert.match(headers["x-forwarded-for"], /^10\.9\.9\.9,\s?[0-9.]+$/, "appended, so that the last is true");
  assert.equal(headers["x-forwarded-proto"], "http");
  assert.equal(headers["x-forwarded-host"], "shop.test");
  assert.equal(headers["x-forwarded-port"], String(gateway.port));
  assert.match(headers["x-request-id"], /^[0-9a-f-]{36}$/);
});

test("answers carry no trace of Envoy", async () => {
  for (const path of ["/x", "/public/dir"]) {
    const { headers } = await gateway.ask(path);
    assert.deepEqual(
      Object.keys(headers).filter((name) => name.startsWith("x-envoy") || name === "server"),
      [],
    );
  }
  const missing = await gateway.ask("/x", { host: "nowhere.test" });
  assert.equal(missing.status, 404);
  assert.equal(missing.headers.server, undefined);
});

test("paths are normalised before a route is chosen", async () => {
  const ask = async (path: string) =>
    JSON.parse((await rawRequest(gateway.port, [`GET ${path} HTTP/1.1`, "Host: shop.test", "Connection: close"])).body);
  const chosen = async (path: string) => {
    const { path: sent, headers } = await ask(path);
    return [sent, headers.host === "shop.test" ? "public" : "front"];
  };
  assert.deepEqual(await chosen("/public/dir/x"), ["/public/dir/x", "public"]);
  assert.deepEqual(await chosen("/public/dir/../x"), ["/public/x", "front"]);
  assert.deepEqual(await chosen("/public/dir/%2e%2e/x"), ["/public/x", "front"]);
  assert.deepEqual(await chosen("//public///dir"), ["/public/dir", "public"]);
  assert.deepEqual(await chosen("/other/./../public/dir?a=//b/../c"), ["/public/dir?a=//b/../c", "public"]);
  const escaped = await rawRequest(gateway.port, [
    "GET /public%2Fdir HTTP/1.1",
    "Host: shop.test",
    "Connection: close",
  ]);
  assert.equal(escaped.status, 307);
  assert.equal(escaped.headers.location, "/public/dir");
});

test("the access log has one line a request, without secrets", async () => {
  await gateway.ask("/logged?token=secret", { headers: { authorization: "Bearer secret", cookie: "session=secret" } });
  const lines = () =>
    gateway.envoy
      .log()
      .split("\n")
      .filter((line) => line.includes('"/logged"'));
  await eventually("the request is logged", async () => {
    await gateway.envoy.admin("/reopen_logs", "POST");
    return lines().length > 0;
  });
  const [line = "", ...more] = lines();
  assert.equal(more.length, 0);
  assert.doesNotMatch(line, /secret/);
  const entry = JSON.parse(line);
  assert.match(entry.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.match(entry.upstream, /^127\.0\.0\.1:\d+$/);
  assert.equal(typeof entry.durationMs, "number");
  assert.equal(typeof entry.upstreamMs, "number");
  const { method, host: asked, status, route: routed, leg: chosen, listener, table, client, protocol } = entry;
  assert.deepEqual(
    { method, asked, status, routed, chosen, listener, table, client, protocol },
    {
      method: "GET",
      asked: "shop.test",
      status: 200,
      routed: "shop/front/rule/0/match/0",
      chosen: "a",
      listener: "port-8080",
      table: "8080",
      client: "127.0.0.1",
      protocol: "HTTP/1.1",
    },
  );
});
