/** Bytes that aren't HTTP, or come too slowly, too many, or in the wrong order: refused with a Status, and nobody else notices. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { after, before, test } from "node:test";
import type { TLSSocket } from "node:tls";
import { ApiEstate } from "../support/api-estate.ts";
import { manifest } from "../support/api-objects.ts";
import { blockingUpload } from "../support/blocking-upload.ts";
import { askRaw, openTls, type RawAnswer, readAnswers } from "../support/raw-tls.ts";
import { waitFor } from "../support/wait-for.ts";

const LIMITS = { headersMs: 600, requestMs: 1_200, keepAliveMs: 2_000, lookMs: 50, handshakeMs: 600, connections: 60 };
const MB = 1024 * 1024;

let estate: ApiEstate;
/** With the time that clients have outside of tests. */
let patient: ApiEstate;
let authorization: string;

before(async () => {
  estate = await ApiEstate.start(undefined, { api: { host: "127.0.0.1", port: 0, names: [], limits: LIMITS } });
  patient = await ApiEstate.start();
  authorization = `authorization: Bearer ${estate.admin.token}`;
});
after(async () => {
  await estate[Symbol.asyncDispose]();
  await patient[Symbol.asyncDispose]();
});

function head(line: string, ...headers: readonly string[]): string {
  return headFor(estate, line, ...headers);
}

function headFor({ admin }: ApiEstate, line: string, ...headers: readonly string[]): string {
  return [line, "host: localhost", `authorization: Bearer ${admin.token}`, ...headers, "", ""].join("\r\n");
}

function assertStatus(answer: RawAnswer | undefined, code: number, reason: string): void {
  assert.ok(answer, "there is an answer");
  assert.equal(answer.status, code, answer.body);
  assert.equal(answer.headers["content-type"], "application/json");
  const status = JSON.parse(answer.body) as Record<string, unknown>;
  assert.deepEqual([status.kind, status.status, status.code, status.reason], ["Status", "Failure", code, reason]);
}

async function assertServes(): Promise<void> {
  const { status, text } = await estate.fetch("/api/v1/namespaces/default");
  assert.equal(status, 200, text);
}

interface Malformed {
  readonly name: string;
  readonly bytes: () => string;
  readonly code?: number;
  readonly reason?: string;
}

const MALFORMED: readonly Malformed[] = [
  { name: "no HTTP at all", bytes: () => "\x01\x02\x03\r\n\r\n" },
  { name: "HTTP/2 without being asked", bytes: () => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" },
  { name: "an unknown method", bytes: () => head("STEAL /version HTTP/1.1") },
  { name: "an unknown version", bytes: () => head("GET /version HTTP/3.7") },
  { name: "a NUL in a header", bytes: () => head("GET /version HTTP/1.1", "x: a\0b") },
  { name: "a line end alone in a header", bytes: () => head("GET /version HTTP/1.1", "x: a\rb: c") },
  { name: "a header without a name", bytes: () => head("GET /version HTTP/1.1", ": x") },
  { name: "a header with a space in its name", bytes: () => head("GET /version HTTP/1.1", "x y: z") },
  {
    name: "two lengths",
    bytes: () => head("POST /api/v1/namespaces HTTP/1.1", "content-length: 1", "content-length: 2"),
  },
  { name: "a length below nothing", bytes: () => head("POST /api/v1/namespaces HTTP/1.1", "content-length: -1") },
  {
    name: "a length and chunks",
    bytes: () => head("POST /api/v1/namespaces HTTP/1.1", "content-length: 4", "transfer-encoding: chunked"),
  },
  {
    name: "a chunk whose size is no number",
    bytes: () => `${head("POST /api/v1/namespaces HTTP/1.1", "transfer-encoding: chunked")}zz\r\n\r\n`,
  },
  { name: "a NUL in the path", bytes: () => head("GET /api/v1/\0 HTTP/1.1") },
  { name: "no Host header", bytes: () => `GET /version HTTP/1.1\r\n${authorization}\r\n\r\n` },
  { name: "a path that is none", bytes: () => head("OPTIONS * HTTP/1.1") },
  {
    name: "a header of 100 KB",
    bytes: () => head("GET /version HTTP/1.1", `x: ${"y".repeat(100_000)}`),
    code: 431,
    reason: "RequestEntityTooLarge",
  },
  {
    name: "20,000 headers",
    bytes: () => head("GET /version HTTP/1.1", ...Array<string>(20_000).fill("x: y")),
    code: 431,
    reason: "RequestEntityTooLarge",
  },
  {
    name: "a URL of 100 KB",
    bytes: () => head(`GET /version?${"a".repeat(100_000)} HTTP/1.1`),
    code: 431,
    reason: "RequestEntityTooLarge",
  },
];

for (const { name, bytes, code = 400, reason = "BadRequest" } of MALFORMED) {
  test(`${name}: ${code}, and the next request is answered`, async () => {
    assertStatus(await askRaw(estate.endpoint, bytes()), code, reason);
    await assertServes();
  });
}

test("CONNECT and TRACE open nothing", async () => {
  assert.equal(await askRaw(estate.endpoint, head("CONNECT localhost:1 HTTP/1.1")), undefined);
  assertStatus(await askRaw(estate.endpoint, head("TRACE /version HTTP/1.1")), 404, "NotFound");
  const upgraded = await askRaw(estate.endpoint, head("GET /version HTTP/1.1", "connection: upgrade", "upgrade: h2c"));
  assert.equal(upgraded?.status, 200);
});

test("an expectation that nobody knows is left alone", async () => {
  const answer = await askRaw(estate.endpoint, head("GET /version HTTP/1.1", "expect: a-pony"));
  assert.equal(answer?.status, 200);
});

test("a client of HTTP/1.0 is answered, and the connection ends", async () => {
  const socket = await openTls(estate.endpoint);
  socket.write(`GET /api/v1/namespaces/default HTTP/1.0\r\n${authorization}\r\n\r\n`);
  const closed = once(socket, "close");
  const [answer] = await readAnswers(socket, 2);
  await closed;
  assert.equal(answer?.status, 200);
});

test("requests that are sent at once are answered in their order; behind one that is broken nothing is done", async () => {
  const socket = await openTls(estate.endpoint);
  const paths = Array.from({ length: 50 }, (_, index) => `/api/v1/namespaces/none-${index}`);
  socket.write(paths.map((path) => head(`GET ${path} HTTP/1.1`)).join(""));
  const answers = await readAnswers(socket, paths.length);
  assert.deepEqual(
    answers.map(({ body }) => (JSON.parse(body) as { details: { name: string } }).details.name),
    paths.map((path) => path.slice("/api/v1/namespaces/".length)),
  );
  const other = await openTls(estate.endpoint);
  const made = JSON.stringify(manifest("Namespace", "", "smuggled"));
  const create = head(
    "POST /api/v1/namespaces HTTP/1.1",
    "content-type: application/json",
    `content-length: ${made.length}`,
  );
  other.write(`${head("GET /version HTTP/1.1")}STEAL\r\n\r\n${create}${made}`);
  await readAnswers(other, 3);
  assert.equal((await estate.fetch("/api/v1/namespaces/smuggled")).status, 404);
});

test("behind a request whose body isn't read no other one is taken from the connection", async () => {
  const socket = await openTls(estate.endpoint);
  const inner = head("DELETE /api/v1/namespaces/default HTTP/1.1");
  const refused = ["POST /api/v1/namespaces HTTP/1.1", "host: x", `content-length: ${inner.length + 1}`, "", inner];
  socket.write(refused.join("\r\n"));
  const answers = await readAnswers(socket, 2, 1_000);
  assert.deepEqual(
    answers.map(({ status, headers }) => [status, headers.connection]),
    [[401, "close"]],
  );
  await assertServes();
});

test("plain HTTP to the port of TLS gets nothing, and TLS 1.1 no handshake", async () => {
  const { hostname, port } = new URL(estate.endpoint.url);
  const plain = connectTcp(Number(port), hostname);
  plain.write(head("GET /api/v1/namespaces HTTP/1.1"));
  const text = await new Promise<string>((resolve) => {
    let received = "";
    plain.on("data", (chunk) => (received += chunk)).on("error", () => {});
    plain.once("close", () => resolve(received));
  });
  assert.doesNotMatch(text, /default/);
  const old = { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" } as const;
  await assert.rejects(openTls(estate.endpoint, old), /protocol version/);
  const socket = await openTls(estate.endpoint, { minVersion: "TLSv1.2", maxVersion: "TLSv1.2" });
  assert.equal(socket.getProtocol(), "TLSv1.2");
  socket.destroy();
  await assertServes();
});

test("a header that never ends: 408 when its time is over", async () => {
  const socket = await openTls(estate.endpoint);
  const drip = setInterval(() => socket.write("x: y\r\n"), 50);
  socket.write("GET /version HTTP/1.1\r\nhost: x\r\n");
  const answers = await readAnswers(socket, 1, 8_000);
  clearInterval(drip);
  assertStatus(answers[0], 408, "Timeout");
});

test("a body that never ends: 408 when its time is over, and nothing is made of it", async () => {
  const socket = await openTls(estate.endpoint);
  const body = JSON.stringify(manifest("Namespace", "", "half"));
  socket.write(
    head("POST /api/v1/namespaces HTTP/1.1", "content-type: application/json", `content-length: ${body.length + 500}`),
  );
  socket.write(body);
  const drip = setInterval(() => socket.write(" "), 50);
  const answers = await readAnswers(socket, 1, 8_000);
  clearInterval(drip);
  assertStatus(answers[0], 408, "Timeout");
  assert.equal((await estate.fetch("/api/v1/namespaces/half")).status, 404);
});

test("a client that goes away in the middle of its body has made nothing, and is no defect", async () => {
  for (let index = 0; index < 20; index += 1) {
    const socket = await openTls(estate.endpoint);
    socket.write(head("POST /api/v1/namespaces HTTP/1.1", "content-type: application/json", "content-length: 500"));
    socket.write('{"apiVersion":');
    socket.destroy();
  }
  await assertServes();
  assert.deepEqual(
    estate.log.filter((line) => line.includes("defect")),
    [],
  );
});

test("connections that say nothing end by themselves, before and after the handshake", async () => {
  const { hostname, port } = new URL(estate.endpoint.url);
  const raw = connectTcp(Number(port), hostname);
  raw.on("error", () => {}).resume();
  const idle = await openTls(estate.endpoint);
  idle.resume();
  const served = await openTls(estate.endpoint);
  served.write(head("GET /version HTTP/1.1"));
  served.resume();
  await Promise.all([raw, idle, served].map((socket) => once(socket, "close")));
});

test("when all places are taken, who hasn't shown a credential gives way to who comes", async () => {
  const known = await openTls(estate.endpoint);
  known.write(head("GET /api/v1/namespaces/default/services?watch=true HTTP/1.1"));
  await once(known, "data");
  const strangers: TLSSocket[] = [];
  for (let index = 0; index < LIMITS.connections + 20; index += 1) {
    strangers.push(await openTls(estate.endpoint, { requestOCSP: false }));
    strangers.at(-1)?.resume();
  }
  await assertServes();
  await waitFor("the oldest to go", () => strangers.some(({ destroyed }) => destroyed));
  assert.ok(!known.destroyed, "the watch goes on");
  for (const socket of [known, ...strangers]) socket.destroy();
});

interface Upload {
  readonly name: string;
  readonly headers: readonly string[];
  readonly isChunked: boolean;
}

const UPLOADS: readonly Upload[] = [
  { name: "with its length", headers: [`content-length: ${50 * MB}`], isChunked: false },
  {
    name: "with its length, and without waiting for 100 Continue",
    headers: [`content-length: ${50 * MB}`, "expect: 100-continue"],
    isChunked: false,
  },
  { name: "in chunks", headers: ["transfer-encoding: chunked"], isChunked: true },
];

for (const { name, headers, isChunked } of UPLOADS) {
  test(`a body of 50 MB ${name}: its client gets the 413, and nothing is kept of it`, async (t) => {
    const before = process.memoryUsage().arrayBuffers;
    let peak = 0;
    const look = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
    }, 5);
    const upload = {
      head: headFor(patient, "POST /api/v1/namespaces HTTP/1.1", "content-type: application/json", ...headers),
      megabytes: 50,
      isChunked,
      folder: patient.base,
    };
    const uploads = Array.from({ length: 3 }, () => blockingUpload(patient.endpoint, upload));
    const answers = await Promise.all(uploads).finally(() => clearInterval(look));
    t.diagnostic(`${Math.round(peak / MB)} MB more, of 150 MB`);
    for (const answer of answers) {
      assert.match(answer, /^HTTP\/1\.1 413 [\s\S]*"reason":"RequestEntityTooLarge"[\s\S]*"code":413}$/);
      assert.doesNotMatch(answer, / 100 Continue/);
    }
    assert.ok(peak < 100 * MB, `${Math.round(peak / MB)} MB more, of 150 MB`);
    assert.equal((await patient.fetch("/api/v1/namespaces/default")).status, 200);
  });
}

test("who waits for 100 Continue before sending 50 MB is told at once that it is too much", async () => {
  const socket = await openTls(estate.endpoint);
  socket.write(head("POST /api/v1/namespaces HTTP/1.1", `content-length: ${50 * MB}`, "expect: 100-continue"));
  const [first] = (await once(socket, "data")) as [Buffer];
  assert.match(first.toString(), /^HTTP\/1\.1 413 /, "and not to go on");
  socket.destroy();
  const stranger = await openTls(estate.endpoint);
  stranger.write("POST /api/v1/namespaces HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\nexpect: 100-continue\r\n\r\n");
  const [other] = (await once(stranger, "data")) as [Buffer];
  assert.match(other.toString(), /^HTTP\/1\.1 401 /);
  stranger.destroy();
});

test("who waits for 100 Continue and may send gets it", async () => {
  const body = JSON.stringify(manifest("Namespace", "", "patient"));
  const socket = await openTls(estate.endpoint);
  socket.write(
    head(
      "POST /api/v1/namespaces HTTP/1.1",
      "content-type: application/json",
      `content-length: ${body.length}`,
      "expect: 100-continue",
    ),
  );
  const [first] = (await once(socket, "data")) as [Buffer];
  assert.match(first.toString(), /^HTTP\/1\.1 100 /);
  socket.write(body);
  assert.equal((await readAnswers(socket, 1))[0]?.status, 201);
});
