/** What passes the whole product untouched, and what must not pass it. */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { connect as connectHttp2, type IncomingHttpHeaders } from "node:http2";
import { request as requestHttps } from "node:https";
import { text } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { makeSelfSigned, type PemPair } from "../support/certificates.ts";
import { type Echo, listenOn, startEcho, type TestServer } from "../support/echo-server.ts";
import { freePort } from "../support/free-port.ts";
import { type GrpcEcho, startGrpcEcho } from "../support/grpc-echo.ts";
import { RunningEstate } from "../support/running-estate.ts";
import { gatewayYaml, serviceYaml } from "../support/test-estate.ts";
import { answerWebSocket } from "../support/web-socket-echo.ts";

const MEGABYTE = 1024 * 1024;
/** Longer than Envoy allows for a whole answer unless it is told otherwise: 15 s. */
const PAUSE_MS = 16_000;

/** Answers that are written step by step, as the test says. */
const streams = new Map<string, ServerResponse>();
let paused: Promise<string>;

let shop: TestServer;
let streaming: TestServer;
let grpc: GrpcEcho;
let certificate: PemPair;
let httpsPort: number;
let estate: RunningEstate;

before(async () => {
  shop = await startEcho("shop");
  streaming = await startStreaming();
  grpc = await startGrpcEcho();
  certificate = await makeSelfSigned({ dnsNames: ["shop.test"], notAfter: new Date(Date.now() + 90 * 86_400_000) });
  httpsPort = await freePort();
  const of = ({ port }: TestServer) => ({ vm: { port, weight: 1 } });
  estate = await RunningEstate.start({
    "shop.yaml": serviceYaml("shop", "shop.test", of(shop)),
    // For all hosts that nobody else has: a WebSocket client can't choose its Host.
    "streaming.yaml": serviceYaml("streaming", "x.test", of(streaming)).replace(/ {2}hostnames:.*\n/, ""),
    "grpc.yaml": serviceYaml("grpc", "grpc.test", of(grpc), "  protocol: GRPC"),
    "tls.yaml": secretYaml(certificate),
  });
  const https = `  - { name: https, port: ${httpsPort}, protocol: HTTPS, tls: { certificateRefs: [ { name: edge-tls } ] }, allowedRoutes: { namespaces: { from: All } } }\n`;
  estate.write("gateway.yaml", gatewayYaml(estate.port) + https);
  await estate.untilCondition("Gateway/infra/edge", "Programmed", "True");
  await estate.untilAnswer("shop.test", ({ status }) => status === 200);
  paused = pausedStream();
});
after(async () => {
  await estate[Symbol.asyncDispose]();
  await shop.close();
  await streaming.close();
  await grpc.close();
});

test("a WebSocket is opened and echoes text and bytes both ways", async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${estate.port}/socket`);
  socket.binaryType = "arraybuffer";
  await once(socket, "open");
  for (const message of ["hello", new Uint8Array(100_000).fill(7)]) {
    socket.send(message);
    const [{ data }] = (await once(socket, "message")) as [{ data: string | ArrayBuffer }];
    if (typeof message === "string") assert.equal(data, message);
    else assert.deepEqual(new Uint8Array(data as ArrayBuffer), message);
  }
  socket.close(1000);
  const [{ code }] = (await once(socket, "close")) as [{ code: number }];
  assert.equal(code, 1000);
});

test("gRPC: a unary call comes back with its trailers, also when it fails", async () => {
  const client = grpc.client(estate.port, "grpc.test");
  assert.deepEqual(await client.unary("hello"), { message: "hello", code: 0, trailer: "unary" });
  assert.deepEqual(await client.unary("fail"), { message: undefined, code: 9, trailer: "failed" });
  client.close();
});

test("gRPC: a stream of the server arrives message by message, with its trailers", async () => {
  const client = grpc.client(estate.port, "grpc.test");
  assert.deepEqual(await client.serverStream("3"), { messages: ["0", "1", "2"], code: 0, trailer: "stream" });
  client.close();
});

test("server-sent events arrive one by one, each before the next is sent", async () => {
  const response = await get("/events/a", { accept: "text/event-stream" });
  assert.equal(response.headers["content-type"], "text/event-stream");
  const chunks = response.setEncoding("utf8")[Symbol.asyncIterator]();
  for (let event = 0; event < 5; event++) {
    streams.get("/events/a")?.write(`data: ${event}\n\n`);
    assert.equal((await chunks.next()).value, `data: ${event}\n\n`);
  }
  streams.get("/events/a")?.end();
  assert.equal((await chunks.next()).done, true);
});

test("an upload of 100 MB arrives whole", async () => {
  const sent = createHash("sha256");
  const upload = request({ port: estate.port, host: "127.0.0.1", path: "/upload", method: "POST", agent: false });
  const answered = once(upload, "response") as Promise<[IncomingMessage]>;
  for (let count = 0; count < 100; count++) {
    const chunk = randomBytes(MEGABYTE);
    sent.update(chunk);
    if (!upload.write(chunk)) await once(upload, "drain");
  }
  upload.end();
  const [response] = await answered;
  assert.deepEqual(JSON.parse(await text(response)), { bytes: 100 * MEGABYTE, sha256: sent.digest("hex") });
});

test("HTTPS speaks HTTP/2 with whoever offers it", async () => {
  const session = connectHttp2(`https://127.0.0.1:${httpsPort}`, {
    servername: "shop.test",
    ca: certificate.certificate,
  });
  const stream = session.request({ ":path": "/h2", ":authority": "shop.test" });
  const [headers] = (await once(stream, "response")) as [IncomingHttpHeaders];
  const echo = JSON.parse(await text(stream)) as Echo;
  assert.equal(session.alpnProtocol, "h2");
  assert.equal(headers[":status"], 200);
  assert.equal(echo.headers.host, "shop.test");
  assert.equal(echo.headers["x-forwarded-proto"], "https");
  session.close();
});

test("HTTPS speaks HTTP/1.1 with all others", async () => {
  const options = { host: "127.0.0.1", port: httpsPort, servername: "shop.test", ca: certificate.certificate };
  const sent = requestHttps({ ...options, headers: { host: "shop.test" }, agent: false });
  sent.end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  assert.equal(response.statusCode, 200);
  assert.equal(response.httpVersion, "1.1");
  await text(response);
});

test("the gateway adds the client to X-Forwarded-For, and makes the request id itself", async () => {
  const claims = {
    "x-forwarded-for": "6.6.6.6",
    "x-forwarded-proto": "https",
    "x-request-id": "mine",
    "x-real-ip": "6.6.6.6",
  };
  const first = await echoed(claims);
  // For a client on loopback Envoy names an address of the machine instead.
  assert.match(first["x-forwarded-for"] as string, /^6\.6\.6\.6,[\d.]+$/);
  assert.equal(first["x-forwarded-proto"], "http");
  assert.equal(first["x-real-ip"], undefined);
  assert.match(String(first["x-request-id"]), /^[0-9a-f-]{36}$/);
  assert.notEqual((await echoed(claims))["x-request-id"], first["x-request-id"]);
});

test("headers of one hop, also those that Connection names, don't reach the service", async () => {
  const headers = await echoed({
    connection: "close, x-mine, x-other",
    "x-mine": "1",
    "x-other": "2",
    "x-kept": "3",
    "keep-alive": "timeout=5",
    "proxy-connection": "keep-alive",
    te: "gzip",
  });
  const gone = ["x-mine", "x-other", "keep-alive", "proxy-connection", "te"];
  assert.deepEqual(
    gone.filter((name) => headers[name] !== undefined),
    [],
  );
  assert.equal(headers["x-kept"], "3");
});

test("a stream goes on after a pause longer than any default timeout", async () => {
  assert.equal(await paused, "before after");
});

async function pausedStream(): Promise<string> {
  const response = await get("/events/paused");
  const body = text(response);
  streams.get("/events/paused")?.write("before ");
  await delay(PAUSE_MS);
  streams.get("/events/paused")?.end("after");
  return body;
}

async function get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<IncomingMessage> {
  const sent = request({ host: "127.0.0.1", port: estate.port, path, headers, agent: false });
  sent.end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  return response;
}

/** The headers with which a request reaches the service. */
async function echoed(headers: Readonly<Record<string, string>>): Promise<Echo["headers"]> {
  const { status, body } = await estate.get("shop.test", "/", headers);
  assert.equal(status, 200, body);
  return (JSON.parse(body) as Echo).headers;
}

function startStreaming(): Promise<TestServer> {
  const server = createServer(async (incoming, response) => {
    const path = incoming.url ?? "";
    if (path === "/upload") {
      const hash = createHash("sha256");
      let bytes = 0;
      for await (const chunk of incoming as AsyncIterable<Buffer>) {
        hash.update(chunk);
        bytes += chunk.length;
      }
      response.end(JSON.stringify({ bytes, sha256: hash.digest("hex") }));
      return;
    }
    streams.set(path, response);
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.flushHeaders();
  });
  server.on("upgrade", answerWebSocket);
  return listenOn(server);
}

function secretYaml({ certificate: chain, key }: PemPair): string {
  const data = { "tls.crt": btoa(chain), "tls.key": btoa(key) };
  const metadata = { name: "edge-tls", namespace: "infra" };
  return JSON.stringify({ apiVersion: "v1", kind: "Secret", type: "kubernetes.io/tls", metadata, data });
}
