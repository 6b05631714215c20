import assert from "node:assert/strict";
import { test } from "node:test";
import { exchange } from "../../src/discovery/dns/exchange.ts";
import { createDnsProvider } from "../../src/discovery/dns/provider.ts";
import type { DiscoveryProvider } from "../../src/discovery/provider.ts";
import type { EndpointSet } from "../../src/model/endpoints.ts";
import { parseIpEndpoint } from "../../src/model/ip-endpoint.ts";
import type { DnsSettings } from "../../src/model/platform.ts";
import { queryFor, Recorder } from "../support/discovery-contract.ts";
import { type Behaviour, DnsServer } from "../support/dns-server.ts";
import { dnsPlatform } from "../support/platforms.ts";
import { eventually, freePort } from "../support/supervised-envoy.ts";

const NAME = "front.shop.test";
const QUERY = queryFor("front");
/** Asks again at once, so that a test needn't wait for a TTL. */
const EAGER = { domain: "shop.test", minTtl: "10ms", maxTtl: "10ms", timeout: "300ms" } as const;

interface Watching extends AsyncDisposable {
  readonly provider: DiscoveryProvider;
  readonly recorder: Recorder;
  last(): EndpointSet | undefined;
}

function watch(settings: Partial<DnsSettings>, query = QUERY): Watching {
  const recorder = new Recorder();
  const provider = createDnsProvider(dnsPlatform("under-test", { ...EAGER, ...settings }), recorder.publish);
  provider.want(query);
  return {
    provider,
    recorder,
    last: () => recorder.last(query),
    [Symbol.asyncDispose]: () => provider.close(),
  };
}

function endpointOf(place: string) {
  const endpoint = parseIpEndpoint(place);
  assert.ok(endpoint);
  return endpoint;
}

function places(set: EndpointSet | undefined): readonly string[] {
  return (set?.endpoints ?? []).map(({ address, port, weight = 1 }) => `${address}:${port}*${weight}`);
}

test("A and AAAA records are one set, with the port of the query", async () => {
  await using server = await new DnsServer().listen();
  server.set(
    NAME,
    { type: "A", name: NAME, ttl: 60, data: "10.0.0.1" },
    { type: "AAAA", name: NAME, ttl: 60, data: "fd00::1" },
  );
  await using watched = watch({ servers: [server.place] });
  await eventually("an answer", () => watched.last() !== undefined);
  assert.deepEqual(places(watched.last()), ["10.0.0.1:80*1", "fd00::1:80*1"]);
});

for (const additional of [true, false]) {
  const how = additional ? "sent along" : "asked for";
  test(`SRV records bring ports and weights of the preferred targets, addresses ${how}`, async () => {
    await using server = await new DnsServer().listen();
    server.additional = additional;
    const target = (host: string, priority: number, weight: number) =>
      ({ type: "SRV", name: NAME, ttl: 60, data: { target: `${host}.test`, port: 8010, priority, weight } }) as const;
    server.set(NAME, target("a", 1, 30), target("b", 1, 0), target("spare", 2, 1), target("gone", 1, 1));
    server.a("a.test", 60, "10.0.0.1", "10.0.0.2");
    server.a("b.test", 60, "10.0.0.3");
    server.a("spare.test", 60, "10.0.0.4");
    await using watched = watch({ servers: [server.place], records: "SRV" });
    await eventually("an answer", () => watched.last() !== undefined);
    assert.deepEqual(places(watched.last()), ["10.0.0.1:8010*30", "10.0.0.2:8010*30", "10.0.0.3:8010*1"]);
  });
}

for (const followAliases of [true, false]) {
  test(`an alias is followed by ${followAliases ? "the server" : "us, when the server doesn't"}`, async () => {
    await using server = await new DnsServer().listen();
    server.followAliases = followAliases;
    server.set(NAME, { type: "CNAME", name: NAME, ttl: 60, data: "real.test" });
    server.a("real.test", 60, "10.0.0.1");
    await using watched = watch({ servers: [server.place], records: "A" });
    await eventually("an answer", () => watched.last()?.state === "known");
    assert.deepEqual(places(watched.last()), ["10.0.0.1:80*1"]);
  });
}

test("a loop of aliases is a reason, not an endless question", async () => {
  await using server = await new DnsServer().listen();
  server.set(NAME, { type: "CNAME", name: NAME, ttl: 60, data: "other.test" });
  server.set("other.test", { type: "CNAME", name: "other.test", ttl: 60, data: NAME });
  await using watched = watch({ servers: [server.place], records: "A" });
  await eventually("an answer", () => watched.last() !== undefined);
  const set = watched.last();
  assert.ok(set?.state === "unknown");
  assert.match(set.reason, /\(LB5006\)/);
});

test("a truncated answer is asked again over TCP", async () => {
  await using server = await new DnsServer().listen();
  server.truncate = true;
  const many = Array.from({ length: 200 }, (_, index) => `10.0.1.${index}`);
  server.a(NAME, 60, ...many);
  await using watched = watch({ servers: [server.place], records: "A" });
  await eventually("an answer", () => watched.last()?.state === "known");
  assert.equal(watched.last()?.endpoints.length, 200);
  assert.deepEqual(server.questions.slice(0, 2), [`udp A ${NAME}`, `tcp A ${NAME}`]);
});

for (const behaviour of ["refuse", "fail", "silent", "garbage", "forged"] satisfies Behaviour[]) {
  test(`when the server's behaviour becomes "${behaviour}", the last endpoints stay, as stale`, async () => {
    await using server = await new DnsServer().listen();
    server.a(NAME, 0, "10.0.0.1");
    await using watched = watch({ servers: [server.place], records: "A" });
    await eventually("an answer", () => watched.last()?.state === "known");
    server.behaviour = behaviour;
    await eventually("it is stale", () => watched.last()?.state === "stale");
    const stale = watched.last();
    assert.deepEqual(places(stale), ["10.0.0.1:80*1"]);
    assert.ok(stale?.state === "stale");
    assert.match(stale.reason, behaviour === "refuse" || behaviour === "fail" ? /\(LB5005\)/ : /\(LB5004\)/);
    server.behaviour = "answer";
    await eventually("it is known again", () => watched.last()?.state === "known");
  });
}

test("a server that is down leaves the service unknown, with its address in the reason", async () => {
  const port = await freePort();
  await using watched = watch({ servers: [`127.0.0.1:${port}`], records: "A" });
  await eventually("an answer", () => watched.last() !== undefined);
  const set = watched.last();
  assert.ok(set?.state === "unknown");
  assert.match(set.reason, new RegExp(`127\\.0\\.0\\.1:${port}.*\\(LB5004\\)`));
});

test("the next server is asked when the first doesn't answer or fails", async () => {
  await using silent = await new DnsServer().listen();
  await using failing = await new DnsServer().listen();
  await using good = await new DnsServer().listen();
  silent.behaviour = "silent";
  failing.behaviour = "fail";
  good.a(NAME, 60, "10.0.0.1");
  await using watched = watch({ servers: [silent.place, failing.place, good.place], records: "A" });
  await eventually("an answer", () => watched.last()?.state === "known");
  assert.deepEqual(places(watched.last()), ["10.0.0.1:80*1"]);
});

test("a name that is gone keeps its endpoints until the server has said so three times", async () => {
  await using server = await new DnsServer().listen();
  server.a(NAME, 0, "10.0.0.1");
  await using watched = watch({ servers: [server.place], records: "A" });
  await eventually("an answer", () => watched.last()?.state === "known");
  server.set(NAME);
  await eventually("it is believed", () => watched.last()?.state === "known" && watched.last()?.endpoints.length === 0);
  assert.deepEqual(
    watched.recorder.all.map(({ set }) => [set.state, set.endpoints.length]),
    [
      ["known", 1],
      ["stale", 1],
      ["known", 0],
    ],
  );
});

test("without a port in the query, address records are no answer", async () => {
  const { port: _, ...query } = QUERY;
  await using watched = watch({ servers: ["127.0.0.1:1"], records: "A" }, query);
  await eventually("an answer", () => watched.last() !== undefined);
  const set = watched.last();
  assert.ok(set?.state === "unknown");
  assert.match(set.reason, /\(LB5007\)/);
});

test("under another domain the endpoints of the old one are not kept", async () => {
  await using server = await new DnsServer().listen();
  server.a(NAME, 60, "10.0.0.1");
  await using watched = watch({ servers: [server.place], records: "A" });
  await eventually("an answer", () => watched.last()?.state === "known");
  watched.provider.configure(dnsPlatform("under-test", { ...EAGER, servers: [server.place], domain: "else.test" }));
  await eventually("the new name is unknown", () => watched.last()?.state === "unknown");
});

test("a thousand services are asked for with a bounded number of open questions", async () => {
  await using server = await new DnsServer().listen();
  const recorder = new Recorder();
  const settings = { servers: [server.place], domain: "shop.test", records: "A", timeout: "10s" } as const;
  const provider = createDnsProvider(dnsPlatform("under-test", settings), recorder.publish);
  server.behaviour = "silent";
  try {
    for (let index = 0; index < 1000; index++) provider.want(queryFor(`s${index}`));
    await eventually("as many questions as are allowed", () => server.questions.length >= 32);
    // Behind all that was sent so far comes one more question, past the provider: when it is here, so is the rest.
    const ended = new AbortController();
    const last = exchange(endpointOf(server.place), { name: "last.test", type: "A" }, 10_000, ended.signal);
    await eventually("the last question", () => server.questions.includes("udp A last.test"));
    assert.equal(server.questions.length, 32 + 1);
    ended.abort();
    await assert.rejects(last);
  } finally {
    await provider.close();
  }
});
