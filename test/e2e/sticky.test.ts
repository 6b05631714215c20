/** Users stay where they are while the weight of the other side grows: 4,000 of them, through every step. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type LegServer, startLeg } from "../support/leg-server.ts";
import { getAll } from "../support/pipelined-http.ts";
import { RunningEstate } from "../support/running-estate.ts";
import { serviceYaml } from "../support/test-estate.ts";
import { waitFor } from "../support/wait-for.ts";

const USERS = 4_000;
const STEPS = [1, 5, 25, 50, 100];
/** Of a binomial distribution: a fair gateway is outside once in 500 million. */
const SIGMAS = 6;
const COOKIE = "lb-cohort";

const STICKY_BY = {
  cookie: `  stickiness: [ { cookie: { name: ${COOKIE} } } ]`,
  header: "  stickiness: [ { header: { name: x-user } } ]",
};
type By = keyof typeof STICKY_BY;

interface Seen {
  readonly side: string;
  readonly cookie: string | undefined;
}

describe("a sticky split whose weight grows", () => {
  let vm: LegServer;
  let k8s: LegServer;
  let estate: RunningEstate;

  before(async () => {
    vm = await startLeg("vm");
    k8s = await startLeg("k8s");
    estate = await RunningEstate.start({ "cookie.yaml": service("cookie", 0), "header.yaml": service("header", 0) });
  });
  after(async () => {
    await estate[Symbol.asyncDispose]();
    await vm.close();
    await k8s.close();
  });

  function service(by: By, percent: number): string {
    const backends = { vm: { port: vm.port, weight: 100 - percent }, k8s: { port: k8s.port, weight: percent } };
    return serviceYaml(by, `${by}.test`, backends, STICKY_BY[by]);
  }

  async function move(by: By, percent: number): Promise<void> {
    estate.write(`${by}.yaml`, service(by, percent));
    await waitFor(`${percent} % to be live`, () => {
      const moved = estate.plane.view.service(`HybridService/shop/${by}`)?.backends.at(1)?.percent === percent;
      return moved && estate.plane.view.proxies().every((proxy) => proxy.inSync);
    });
  }

  async function ask(by: By, headers: readonly Readonly<Record<string, string>>[]): Promise<Seen[]> {
    const answers = await getAll(
      estate.port,
      headers.map((each) => ({ host: `${by}.test`, ...each })),
    );
    return answers.map(({ status, body, header }) => {
      assert.equal(status, 200, body);
      return { side: body, cookie: header("set-cookie")?.split(";")[0] };
    });
  }

  /** Walks all users through the steps. They may come to the new side, as many as the weight says; nobody leaves it. */
  async function walk(by: By, first: readonly Seen[], users: readonly Readonly<Record<string, string>>[]) {
    assert.deepEqual(new Set(first.map(({ side }) => side)), new Set(["vm"]), "at 0 % nobody is on the new side");
    let before = first;
    for (const percent of STEPS) {
      await move(by, percent);
      const now = await ask(by, users);
      const left = now.filter(({ side }, user) => side === "vm" && before[user]?.side === "k8s");
      assert.equal(left.length, 0, `at ${percent} % some went back`);
      assert.deepEqual(new Set(now.map(({ cookie }) => cookie)), new Set([undefined]), "who has a key gets no other");
      const share = percent / 100;
      const moved = now.filter(({ side }) => side === "k8s").length;
      const bound = SIGMAS * Math.sqrt(USERS * share * (1 - share));
      assert.ok(Math.abs(moved - USERS * share) <= bound, `at ${percent} % of ${USERS} users ${moved} moved`);
      before = now;
    }
  }

  test("by cookie: who has been on the new side stays there, and each step brings its share of users", async () => {
    const first = await ask("cookie", Array(USERS).fill({}));
    const cookies = first.map(({ cookie }) => cookie ?? "");
    assert.ok(cookies.every((cookie) => cookie.startsWith(`${COOKIE}=`)));
    assert.equal(new Set(cookies).size, USERS, "each user has a cookie of their own");
    await walk(
      "cookie",
      first,
      cookies.map((cookie) => ({ cookie: `theme=dark; ${cookie}` })),
    );
  });

  test("by cookie: a new user is told the side in the first answer, and stays", async () => {
    await move("cookie", 50);
    const first = await ask("cookie", Array(200).fill({}));
    const again = await ask(
      "cookie",
      first.map(({ cookie = "" }) => ({ cookie })),
    );
    const sides = first.map(({ side }) => side);
    assert.deepEqual(
      again.map(({ side }) => side),
      sides,
    );
    assert.equal(new Set(sides).size, 2);
  });

  test("by header: who has been on the new side stays there, and each step brings its share of users", async () => {
    const users = Array.from({ length: USERS }, (_, user) => ({ "x-user": `user-${user}` }));
    await walk("header", await ask("header", users), users);
  });

  test("a weight change reaches Envoy as runtime keys only: no route, cluster or listener is sent", async () => {
    const versions = () =>
      estate.plane.view.proxies().flatMap(({ types }) => types.map((each) => [each.type, each.version]));
    await move("header", 50);
    const before = versions();
    await move("header", 100);
    assert.equal((await ask("header", [{ "x-user": "somebody" }]))[0]?.side, "k8s");
    const changed = versions().filter(([type, version]) => !before.some(([t, v]) => t === type && v === version));
    assert.deepEqual(
      changed.map(([type]) => type),
      ["Runtime"],
    );
  });
});
