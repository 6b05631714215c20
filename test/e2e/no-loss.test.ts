/** Requests at a fixed rate, each on a connection of its own, while everything behind the gateway changes: none fails. */
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { EditedEstate } from "../support/edited-estate.ts";
import { type LegServer, startLeg } from "../support/leg-server.ts";
import { failures, OpenLoopLoad } from "../support/open-loop-load.ts";
import { serviceYaml } from "../support/test-estate.ts";
import { UpProcess } from "../support/up-process.ts";
import { waitFor } from "../support/wait-for.ts";

const PER_SECOND = 400;
/** Answers to wait for at each step: enough that a lost one would be among them. */
const ANSWERS = 300;
const REPLACEMENTS = 20;
const STEPS = [1, 5, 25, 50, 100, 0];

describe("a split that moves under load", () => {
  let vm: LegServer;
  let k8s: LegServer;
  let up: UpProcess;
  const host = "shop.test";

  before(async () => {
    vm = await startLeg("vm");
    k8s = await startLeg("k8s");
    up = await UpProcess.start({ "shop.yaml": shop(0) });
  });
  after(async () => {
    await up[Symbol.asyncDispose]();
    await vm.close();
    await k8s.close();
  });

  function shop(percent: number, name = "shop"): string {
    return serviceYaml(name, host, {
      vm: { port: vm.port, weight: 100 - percent },
      k8s: { port: k8s.port, weight: percent },
    });
  }

  /** So many answers from each side after now. */
  async function until(what: string, wanted: { readonly vm?: number; readonly k8s?: number }): Promise<void> {
    const from = { vm: vm.requests(), k8s: k8s.requests() };
    const seen = () => ({ vm: vm.requests() - from.vm, k8s: k8s.requests() - from.k8s });
    await waitFor(what, () => seen().vm >= (wanted.vm ?? 0) && seen().k8s >= (wanted.k8s ?? 0), { last: seen });
  }

  /** One side has all traffic once so many answers in a row are its own. */
  async function untilOnly(side: LegServer, other: LegServer): Promise<void> {
    let atLastOther = side.requests();
    let others = other.requests();
    await waitFor(`all traffic to be on ${side.name}`, () => {
      if (other.requests() !== others) {
        others = other.requests();
        atLastOther = side.requests();
      }
      return side.requests() - atLastOther >= ANSWERS;
    });
  }

  test("the steps 0, 1, 5, 25, 50, 100, 0 lose no request, and each side gets what the file says", async () => {
    await using load = new OpenLoopLoad(up.port, [host], PER_SECOND);
    await until("the first answers", { vm: ANSWERS });
    assert.equal(k8s.requests(), 0, "nobody is on a side with weight 0");
    for (const percent of STEPS) {
      up.write("shop.yaml", shop(percent));
      if (percent === 100) await untilOnly(k8s, vm);
      else if (percent === 0) await untilOnly(vm, k8s);
      else await until(`answers at ${percent} %`, { vm: ANSWERS, k8s: percent });
    }
    const hits = await load.stop();
    assert.deepEqual(failures(hits), {});
    assert.deepEqual(new Set(hits.map(({ body }) => body)), new Set(["vm", "k8s"]));
  });

  test("a service that another one replaces sends nobody to its side with weight 0", async () => {
    up.write("shop.yaml", shop(100));
    await up.untilAnswer(host, ({ body }) => body === "k8s");
    await using load = new OpenLoopLoad(up.port, [host], PER_SECOND);
    const before = vm.requests();
    for (let round = 0; round < REPLACEMENTS; round++) {
      up.write("shop.yaml", shop(100, `shop-${round}`));
      await until("answers of the new service", { k8s: 50 });
    }
    assert.deepEqual(failures(await load.stop()), {});
    assert.equal(vm.requests() - before, 0);
    up.write("shop.yaml", shop(0));
    await up.untilAnswer(host, ({ body }) => body === "vm");
  });

  test("a control plane that is killed loses no request, nor does the next one, which takes over and goes on", async () => {
    const [envoy] = up.envoys();
    await using load = new OpenLoopLoad(up.port, [host], PER_SECOND);
    await until("the first answers", { vm: ANSWERS });
    await up.end("SIGKILL");
    up.write("shop.yaml", shop(100));
    await until("answers without a control plane", { vm: ANSWERS });
    await up.begin();
    await untilOnly(k8s, vm);
    up.write("shop.yaml", shop(0));
    await untilOnly(vm, k8s);
    assert.deepEqual(failures(await load.stop()), {});
    assert.deepEqual(
      up.envoys().map(({ pid }) => pid),
      [envoy?.pid],
      "the same Envoy served all the time",
    );
  });
});

describe("an estate that is edited at random under load", () => {
  const EDITS = 500;
  /** 30 a second. */
  const EDIT_EVERY_MS = 33;

  test(`${EDITS} edits lose no request, and every answer is from a service that its host was routed to`, async (t) => {
    const seed = randomInt(2 ** 31);
    t.diagnostic(`seed ${seed}`);
    await using edited = await EditedEstate.make(seed);
    await using up = await UpProcess.start(edited.files());
    await using load = new OpenLoopLoad(up.port, edited.loadedHosts, PER_SECOND);
    const history: { readonly at: number; readonly files: readonly string[] }[] = [];
    for (let count = 0; count < EDITS; count++) {
      const edits = edited.edit();
      history.push({ at: Date.now(), files: edits.map(([name]) => name) });
      for (const [name, text] of edits) text === undefined ? up.remove(name) : up.write(name, text);
      await new Promise((later) => setTimeout(later, EDIT_EVERY_MS));
    }
    for (const host of edited.loadedHosts) {
      const expected = edited.routedTo(host);
      await up.untilAnswer(host, ({ body }) => expected.has(body));
    }
    const hits = await load.stop();
    const lost = hits.filter(({ status }) => status !== 200);
    const around =
      lost.length === 0 ? [] : history.filter(({ at }) => lost.some(({ sent }) => Math.abs(sent - at) < 500));
    const context = { seed, lost: lost.slice(0, 20), around, log: lost.length === 0 ? [] : notOk(up.accessLog) };
    assert.deepEqual(failures(hits), {}, JSON.stringify(context, undefined, 1));
    for (const { host, body } of hits) {
      assert.ok(edited.everRoutedTo(host).has(body), `${body} answered for ${host}; seed ${seed}`);
    }
    assert.deepEqual(await up.ask((client) => client.problems()), []);
  });
});

/** What the gateway itself has noted about requests that were not answered, or late. */
function notOk(accessLog: string): string[] {
  const lines = readFileSync(accessLog, "utf8").split("\n");
  return lines.filter((line) => line !== "" && !/"status":200\b/.test(line)).slice(0, 20);
}
