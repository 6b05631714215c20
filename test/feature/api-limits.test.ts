/** Clients that take much and give nothing: the API bounds what each may have, keeps its memory, and goes on serving others. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import type { TLSSocket } from "node:tls";
import { ApiClient } from "../support/api-client.ts";
import { ApiEstate } from "../support/api-estate.ts";
import { manifest, ObjectRequests, pathOf, secret, service } from "../support/api-objects.ts";
import { ApiWatch } from "../support/api-watch.ts";
import { openTls } from "../support/raw-tls.ts";
import { UpApi } from "../support/up-api.ts";
import { waitFor } from "../support/wait-for.ts";

const MB = 1024 * 1024;
const SERVICES = pathOf({ kind: "Service", namespace: "shop" });
/** As watch-board.ts has it. */
const WATCHES_OF_USER = 500;
const CHANGED = 32;

let up: UpApi;

before(async () => {
  up = await UpApi.start();
  await up.objects.make(manifest("Namespace", "", "shop"));
  for (let index = 0; index < CHANGED; index += 1) await up.objects.make(service("shop", `web-${index}`));
});
after(() => up[Symbol.asyncDispose]());

async function tokenOf(user: string): Promise<string> {
  const spec = { user, groups: ["system:masters"] };
  const made = await up.objects.make(manifest("AccessToken", "", { generateName: `${user}-` }, { spec }));
  return String(made.status?.token);
}

function requestFor(path: string, token: string): string {
  return `GET ${path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${token}\r\n\r\n`;
}

/** A connection that asks once and reads no more than the head of the answer. @returns its code; 0: none */
async function askAndStop(path: string, token: string): Promise<{ readonly socket: TLSSocket; readonly code: number }> {
  const socket = await openTls(up.endpoint);
  socket.write(requestFor(path, token));
  const head = new Promise<string>((resolve) => {
    socket.once("data", (chunk: Buffer) => {
      socket.pause();
      resolve(chunk.toString("latin1"));
    });
    socket.once("close", () => resolve(""));
  });
  return { socket, code: Number(/^HTTP\/1\.1 (\d+)/.exec(await head)?.[1] ?? 0) };
}

/** In groups, as many clients would come. */
async function many<Value>(count: number, make: (index: number) => Promise<Value>): Promise<Value[]> {
  const made: Value[] = [];
  for (let next = 0; next < count; next += 25)
    made.push(
      ...(await Promise.all(Array.from({ length: Math.min(25, count - next) }, (_, index) => make(next + index)))),
    );
  return made;
}

async function assertAdminIsServed(): Promise<void> {
  // On a connection of its own, as who has just come.
  using fresh = new ApiClient(up.endpoint, await tokenOf("admin"));
  const started = performance.now();
  const { status } = await fresh.fetch("/api/v1/namespaces/default");
  const took = performance.now() - started;
  assert.equal(status, 200);
  assert.ok(took < 2_000, `${took} ms`);
  assert.ok(!up.hasEnded, up.errors);
}

/** Of one Service each time, all of them in turn. */
async function changeServices(count: number, bytes: number): Promise<void> {
  let next = 0;
  const writer = async () => {
    while (next < count) {
      const index = next++;
      const place = { kind: "Service", namespace: "shop", name: `web-${index % CHANGED}` };
      const annotations = { of: `${index} ${"x".repeat(bytes)}` };
      const { status, text } = await up.objects.patch(place, { metadata: { annotations } });
      assert.ok(status === 200 || status === 409, text);
    }
  };
  await Promise.all(Array.from({ length: CHANGED / 2 }, writer));
}

test("watches beyond what a user may have are refused with 429; those that are open cost little, and others are served", async (t) => {
  const token = await tokenOf("greedy");
  const before = up.residentBytes;
  const watches = await many(WATCHES_OF_USER + 40, () => askAndStop(`${SERVICES}?watch=1`, token));
  const codes = Map.groupBy(watches, ({ code }) => code);
  assert.deepEqual([codes.get(200)?.length, codes.get(429)?.length], [WATCHES_OF_USER, 40]);
  using client = new ApiClient(up.endpoint, token);
  const refused = await client.fetch(`${SERVICES}?watch=1`);
  assert.deepEqual([refused.json().reason, refused.headers["retry-after"]], ["TooManyRequests", "5"]);
  await changeServices(80, 20_000);
  await assertAdminIsServed();
  const grown = (up.residentBytes - before) / MB;
  t.diagnostic(`${WATCHES_OF_USER} watches that nobody reads: ${Math.round(grown)} MB`);
  assert.ok(grown < 400, `${grown} MB`);
  using other = await ApiWatch.open(up.client, `${SERVICES}?watch=1`);
  await other.untilEvent("ADDED", "web-0");
  for (const { socket } of watches) socket.destroy();
  await waitFor("places to be free again", async () => {
    using again = new ApiClient(up.endpoint, token);
    const answer = await again.open(`${SERVICES}?watch=1`);
    answer.destroy();
    return answer.statusCode === 200;
  });
});

test("large objects in watches that nobody reads don't lie in memory once for each", async (t) => {
  const token = await tokenOf("large");
  await up.objects.make(secret("shop", "large", { a: "x".repeat(1_000_000) }));
  const before = up.residentBytes;
  const path = pathOf({ kind: "Secret", namespace: "shop" });
  const watches = await many(200, () => askAndStop(`${path}?watch=1`, token));
  assert.ok(watches.every(({ code }) => code === 200));
  const grown = (up.residentBytes - before) / MB;
  t.diagnostic(`200 watches of 1.3 MB: ${Math.round(grown)} MB`);
  assert.ok(grown < 130, `${grown} MB, of 260`);
  await assertAdminIsServed();
  for (const { socket } of watches) socket.destroy();
  await up.objects.remove({ kind: "Secret", namespace: "shop", name: "large" });
});

test("clients that never read their watches cost their places, while thousands of changes happen", async (t) => {
  const token = await tokenOf("deaf");
  const watches = await many(20, () => askAndStop(`${SERVICES}?watch=1`, token));
  assert.ok(watches.every(({ code }) => code === 200));
  await changeServices(200, 20_000);
  const before = up.residentBytes;
  await changeServices(1_200, 20_000);
  const grown = (up.residentBytes - before) / MB;
  t.diagnostic(`1,200 changes of 20 KB for each of 20: ${Math.round(grown)} MB more`);
  assert.ok(grown < 200, `${grown} MB, of 480`);
  await assertAdminIsServed();
  for (const { socket } of watches) socket.destroy();
});

test("answers that their client doesn't read are bounded for each user, and who reads is answered", async (t) => {
  for (let index = 0; index < 4; index += 1)
    await up.objects.make(secret("shop", `part-${index}`, { a: "x".repeat(1_000_000) }));
  const path = pathOf({ kind: "Secret", namespace: "shop" });
  const token = await tokenOf("lazy");
  const before = up.residentBytes;
  const lists = await many(100, () => askAndStop(path, token));
  const codes = Map.groupBy(lists, ({ code }) => code);
  const answered = codes.get(200)?.length ?? 0;
  const grown = (up.residentBytes - before) / MB;
  t.diagnostic(`${answered} lists of 5.3 MB are answered: ${Math.round(grown)} MB`);
  assert.equal(answered + (codes.get(429)?.length ?? 0), 100);
  assert.ok(answered < 50, `${answered} were answered`);
  assert.ok(grown < 400, `${grown} MB, of 530 and more`);
  await assertAdminIsServed();
  for (const { socket } of lists) socket.destroy();
  using client = new ApiClient(up.endpoint, token);
  await waitFor("the user to be answered again", async () => (await client.fetch(path)).status === 200);
});

test("many connections that only begin a handshake, or end it and say nothing, keep nobody out", async () => {
  const { hostname, port } = new URL(up.endpoint.url);
  const halves = await many(500, async (index) => {
    const socket = connect(Number(port), hostname).on("error", () => {});
    await once(socket, "connect");
    // The first bytes of a ClientHello, of some.
    if (index % 2 === 0) socket.write(Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]));
    return socket;
  });
  const idle = await many(300, () => openTls(up.endpoint));
  await assertAdminIsServed();
  for (const socket of [...halves, ...idle]) socket.destroy();
});

test("10,000 requests with bad tokens, and an administrator is served amid them", async () => {
  const stranger = requestFor("/api/v1/namespaces/default", "lbt_nobody");
  const sockets = await Promise.all(Array.from({ length: 20 }, () => openTls(up.endpoint)));
  let answered = 0;
  const flood = sockets.map(async (socket) => {
    for (let round = 0; round < 10; round += 1) {
      socket.write(stranger.repeat(50));
      let text = "";
      while (text.split('"code":401}').length <= 50) text += String(await once(socket, "data"));
      answered += 50;
    }
    socket.destroy();
  });
  await waitFor("the first of them", () => answered > 1_000);
  await assertAdminIsServed();
  await Promise.all(flood);
  assert.equal(answered, 10_000);
});

test("a client that leaves its watch unread is cut off, and its place is free", async () => {
  await using estate = await ApiEstate.start(undefined, {
    api: { host: "127.0.0.1", port: 0, names: [], watchStallMs: 500 },
  });
  const objects = new ObjectRequests((path, init) => estate.fetch(path, init));
  await objects.make(manifest("Namespace", "", "shop"));
  for (let index = 0; index < 8; index += 1)
    await objects.make(secret("shop", `s-${index}`, { a: "x".repeat(1_000_000) }));
  const watch = await ApiWatch.openUnread(
    estate.admin.client,
    `${pathOf({ kind: "Secret", namespace: "shop" })}?watch=1`,
  );
  await waitFor("the cut", async () => (await openWatches(estate)) === 0);
  watch.read();
  await assert.rejects(watch.untilEnd(), /broken off|within a line/);
});

async function openWatches(estate: ApiEstate): Promise<number> {
  const { text } = await estate.fetch("/metrics");
  return Number(/^landbridge_api_watches (\d+)$/m.exec(text)?.[1] ?? Number.NaN);
}
