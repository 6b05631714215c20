import assert from "node:assert/strict";
import { Agent, createServer, request } from "node:http";
import { after, before, beforeEach, test } from "node:test";
import { runtimeLayerOf, translateRuntime } from "../../src/compiler/envoy/runtime.ts";
import { type ForwardAction, SPLIT_TOTAL, type StickyKey } from "../../src/compiler/routing/routing.ts";
import { listenOn, type TestServer } from "../support/echo-server.ts";
import { backend, forward, host, httpPort, leg, route } from "../support/routing-values.ts";
import { RUNTIME_LAYERS, TranslatedGateway } from "../support/translated-gateway.ts";

const USERS = 4000;
const PREFIX = "split.shop.front";
const STABLE = "hybrid/shop/front/vm";
const CANDIDATE = "hybrid/shop/front/k8s";
const cookie: StickyKey = { kind: "cookie", name: "cohort" };

const agent = new Agent({ keepAlive: true, maxSockets: 50 });
let servers: TestServer[];
let gateway: TranslatedGateway;

before(async () => {
  const answers = (text: string) => listenOn(createServer((_, response) => response.end(text)));
  servers = [await answers("stable"), await answers("candidate")];
  const [stable, candidate] = servers as [TestServer, TestServer];
  const moving = (stickiness: readonly StickyKey[], more: Partial<ForwardAction> = {}) =>
    route(
      "/",
      forward([backend(STABLE, { weight: SPLIT_TOTAL }), backend(CANDIDATE, { weight: 0 })], {
        split: PREFIX,
        stickiness,
        ...more,
      }),
    );
  gateway = await TranslatedGateway.start({
    ports: [httpPort()],
    legs: [
      [leg(STABLE), stable.port],
      [leg(CANDIDATE), candidate.port],
    ],
    hosts: [
      host("random.test", [moving([])]),
      host("header.test", [moving([{ kind: "header", name: "x-user" }, cookie])]),
      host("cookie.test", [moving([{ kind: "cookie", name: "cohort", path: "/app", ttlSeconds: 60 }])]),
      host("source.test", [moving([cookie, { kind: "sourceAddress" }])]),
      host("static.test", [route("/", forward([backend(STABLE, { weight: 3 }), backend(CANDIDATE, { weight: 1 })]))]),
    ],
  });
});

beforeEach(() => shift(0));

after(async () => {
  agent.destroy();
  await gateway?.stop();
  for (const server of servers ?? []) await server.close();
});

async function shift(percent: number): Promise<void> {
  const candidate = (SPLIT_TOTAL * percent) / 100;
  const weights = [
    { leg: STABLE, weight: SPLIT_TOTAL - candidate },
    { leg: CANDIDATE, weight: candidate },
  ];
  const split = { prefix: PREFIX, source: "HybridService/shop/front", weights };
  await gateway.publish([translateRuntime(runtimeLayerOf(PREFIX, RUNTIME_LAYERS), [split])]);
}

interface Reply {
  readonly side: string;
  readonly cookies: readonly string[];
}

function ask(name: string, headers: Record<string, string> = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const options = { agent, host: "127.0.0.1", port: gateway.port, headers: { host: name, ...headers } };
    request(options, async (response) => {
      const side = Buffer.concat(await response.toArray()).toString();
      resolve({ side, cookies: response.headers["set-cookie"] ?? [] });
    })
      .on("error", reject)
      .end();
  });
}

function sides(name: string, count: number, headers: (user: number) => Record<string, string> = () => ({})) {
  return Promise.all(Array.from({ length: count }, async (_, user) => (await ask(name, headers(user))).side));
}

function share(all: readonly string[]): number {
  return all.filter((side) => side === "candidate").length / all.length;
}

test("of 4000 users nobody goes back while the share only grows, and each step is as big as it says", async () => {
  let previous: readonly string[] = [];
  for (const percent of [0, 1, 5, 25, 50, 100]) {
    await shift(percent);
    const now = await sides("header.test", USERS, (user) => ({ "x-user": `user-${user}` }));
    const back = now.filter((side, user) => side === "stable" && previous[user] === "candidate");
    assert.equal(back.length, 0, `${percent}%`);
    assert.ok(Math.abs(share(now) - percent / 100) < 0.025, `${percent}%: ${share(now)}`);
    assert.deepEqual(await sides("header.test", 100, (user) => ({ "x-user": `user-${user}` })), now.slice(0, 100));
    previous = now;
  }
});

test("a user without a cookie gets one, and it keeps them where they were", async () => {
  await shift(50);
  const seen = new Set<string>();
  for (let user = 0; user < 40; user++) {
    const first = await ask("cookie.test", { cookie: "other=1; notcohort=2" });
    seen.add(first.side);
    const [set = "", ...more] = first.cookies;
    assert.equal(more.length, 0);
    assert.match(set, /^cohort=[0-9a-f-]{36}; Path=\/app; Max-Age=60; HttpOnly; SameSite=Lax$/);
    for (let again = 0; again < 3; again++) {
      const next = await ask("cookie.test", { cookie: `other=1; ${set.split(";")[0]}` });
      assert.deepEqual(next, { side: first.side, cookies: [] });
    }
  }
  assert.deepEqual([...seen].sort(), ["candidate", "stable"]);
});

test("new users are spread by the weights", async () => {
  await shift(25);
  assert.ok(Math.abs(share(await sides("cookie.test", 2000)) - 0.25) < 0.05);
});

test("the first key that a request has decides, whichever it is", async () => {
  await shift(50);
  for (let user = 0; user < 40; user++) {
    const byCookie = await ask("header.test", { cookie: `cohort=c${user}` });
    assert.deepEqual(byCookie.cookies, []);
    assert.equal((await ask("header.test", { cookie: `cohort=c${user}` })).side, byCookie.side);
    const byHeader = await ask("header.test", { "x-user": `u${user}` });
    const both = await ask("header.test", { "x-user": `u${user}`, cookie: `cohort=c${user}` });
    assert.deepEqual(both, byHeader);
  }
});

test("a source address stays on its side and needs no cookie", async () => {
  await shift(50);
  const first = await ask("source.test");
  assert.deepEqual(first.cookies, []);
  assert.deepEqual(new Set(await sides("source.test", 50)), new Set([first.side]));
});

test("without a key requests are spread at random, by runtime keys or by the route's weights", async () => {
  await shift(10);
  assert.ok(Math.abs(share(await sides("random.test", 3000)) - 0.1) < 0.03);
  assert.ok(Math.abs(share(await sides("static.test", 3000)) - 0.25) < 0.04);
  await shift(100);
  assert.equal(share(await sides("random.test", 300)), 1);
});
