import assert from "node:assert/strict";
import { test } from "node:test";
import { createLogger } from "../../../src/lib/log.ts";
import type { EndedChange } from "../../../src/telemetry/change.ts";
import { ChangeTrail, type ChangeTrailOptions } from "../../../src/telemetry/change-trail.ts";

const EDGE = "Gateway/infra/edge";
const INNER = "Gateway/infra/inner";
const ROUTE = "HTTPRoute/shop/front";

/** A trail whose clock stands until the test moves it. */
function watched(limits: Pick<ChangeTrailOptions, "maxPending" | "maxAgeMs"> = {}) {
  const lines: { level: string; stage: string; [field: string]: unknown }[] = [];
  const counted: string[] = [];
  const ended: EndedChange[] = [];
  const clock = { now: 1_000_000 };
  const logger = createLogger({ level: "debug", format: "json", write: (line) => lines.push(JSON.parse(line)) });
  const trail = new ChangeTrail({
    logger,
    metrics: { changeEnded: (source, outcome, seconds) => counted.push(`${source} ${outcome} ${seconds}`) },
    onEnded: (change) => ended.push(change),
    now: () => clock.now,
    ...limits,
  });
  return { trail, lines, counted, ended, clock };
}

test("a change is followed from the request to the last acknowledgement, with a line for each stage", () => {
  const { trail, lines, counted, ended, clock } = watched();
  trail.began("c1", { source: "api", objects: [ROUTE] });
  clock.now += 3;
  trail.stored("c1", 17);
  clock.now += 1;
  trail.compiled(["c1"], 5);
  trail.published(["c1"], 9, [EDGE, INNER]);
  trail.acknowledged(EDGE, 8);
  clock.now += 2;
  trail.acknowledged(EDGE, 9);
  assert.equal(trail.pending, 1);
  clock.now += 4;
  trail.acknowledged(INNER, 12);
  assert.deepEqual(
    lines.map(({ level, stage, change }) => `${change} ${level} ${stage}`),
    [
      "c1 debug received",
      "c1 debug stored",
      "c1 debug compiled",
      "c1 debug published",
      "c1 debug acknowledged",
      "c1 debug acknowledged",
      "c1 info live",
    ],
  );
  assert.equal(lines.at(-1)?.ms, 10);
  assert.equal(lines.at(-1)?.objects, ROUTE);
  assert.deepEqual(counted, ["api live 0.01"]);
  assert.equal(trail.pending, 0);
  assert.deepEqual(
    ended[0]?.stages.map(({ name, at }) => [name, at - 1_000_000]),
    [
      ["received", 0],
      ["stored", 3],
      ["compiled", 4],
      ["published", 4],
      ["acknowledged", 6],
      ["acknowledged", 10],
      ["live", 10],
    ],
  );
});

test("a change that concerns no proxy, or that all have already, is live when it is published", () => {
  const { trail, counted } = watched();
  trail.began("none", { source: "directory", objects: [] });
  trail.published(["none"], 1, []);
  trail.acknowledged(EDGE, 5);
  trail.began("early", { source: "directory", objects: [] });
  trail.published(["early"], 5, [EDGE]);
  assert.deepEqual(counted, ["directory live 0", "directory live 0"]);
});

test("several changes in one publication end together; later ones wait for their own", () => {
  const { trail, ended } = watched();
  for (const id of ["a", "b", "c"]) trail.began(id, { source: "api", objects: [ROUTE] });
  trail.published(["a", "b"], 1, [EDGE]);
  trail.published(["c"], 2, [EDGE]);
  trail.acknowledged(EDGE, 1);
  assert.deepEqual(
    ended.map(({ id }) => id),
    ["a", "b"],
  );
  trail.acknowledged(EDGE, 2);
  assert.deepEqual(
    ended.map(({ id }) => id),
    ["a", "b", "c"],
  );
});

test("what a proxy refused of a change's objects is said at once, in Envoy's words, and the change isn't live", () => {
  const { trail, lines, counted } = watched();
  trail.began("bad", { source: "api", objects: [ROUTE] });
  trail.began("good", { source: "api", objects: ["HTTPRoute/shop/other"] });
  trail.published(["bad", "good"], 3, [EDGE]);
  const refusal = { resource: "Listener:port-80", message: "cannot bind", owners: [EDGE, ROUTE] };
  trail.refused(EDGE, refusal);
  trail.refused(EDGE, refusal);
  const said = lines.filter(({ stage }) => stage === "refused");
  assert.deepEqual(
    said.map(({ level, change, message, resource }) => [level, change, message, resource]),
    [["info", "bad", "a proxy refused a part of a change", "Listener:port-80"]],
  );
  assert.equal(said[0]?.words, "cannot bind");
  trail.acknowledged(EDGE, 3);
  assert.deepEqual(counted, ["api refused 0", "api live 0"]);
});

test("a change that the store refuses is rejected, with the reason", () => {
  const { trail, lines, counted } = watched();
  trail.began("c", { source: "api", objects: [ROUTE] });
  trail.rejected("c", "Conflict");
  assert.deepEqual(counted, ["api rejected 0"]);
  assert.equal(lines.at(-1)?.reason, "Conflict");
  trail.published(["c"], 1, [EDGE]);
  assert.equal(counted.length, 1);
});

test("nothing waits for a gateway that is gone", () => {
  const { trail, counted } = watched();
  trail.began("c", { source: "api", objects: [ROUTE] });
  trail.published(["c"], 1, [EDGE]);
  trail.gatewayRemoved(EDGE);
  assert.deepEqual(counted, ["api live 0"]);
});

test("changes that never become live are dropped: the oldest of too many, and those that are too old", () => {
  const { trail, lines, counted, clock } = watched({ maxPending: 3, maxAgeMs: 1000 });
  for (const id of ["a", "b", "c", "d"]) {
    trail.began(id, { source: "api", objects: [ROUTE] });
    trail.published([id], 1, [EDGE]);
  }
  assert.equal(trail.pending, 3);
  assert.deepEqual(
    lines.filter(({ stage }) => stage === "dropped").map(({ change, waitsFor }) => [change, waitsFor]),
    [["a", EDGE]],
  );
  clock.now += 1001;
  trail.began("e", { source: "api", objects: [ROUTE] });
  assert.equal(trail.pending, 1);
  assert.deepEqual(
    counted.map((line) => line.split(" ")[1]),
    ["dropped", "dropped", "dropped", "dropped"],
  );
  assert.equal(lines.filter(({ level }) => level === "warn").length, 4);
});

test("a change of thousands of objects and gateways stays small", () => {
  const { trail, ended, lines } = watched();
  const gateways = Array.from({ length: 1000 }, (_, index) => `Gateway/infra/g${index}`);
  trail.began("big", { source: "directory", objects: Array.from({ length: 5000 }, (_, i) => `Secret/shop/s${i}`) });
  trail.published(["big"], 1, gateways);
  for (const gateway of gateways) trail.acknowledged(gateway, 1);
  assert.equal(ended[0]?.objectCount, 5000);
  assert.equal(ended[0]?.objects.length, 20);
  assert.ok((ended[0]?.stages.length ?? 0) < 100);
  assert.equal(ended[0]?.stages.at(-1)?.name, "live");
  assert.ok(lines.every((line) => JSON.stringify(line).length < 1500));
});
