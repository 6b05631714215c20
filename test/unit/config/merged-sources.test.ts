import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { test } from "node:test";
import { DirectorySource } from "../../../src/config/directory/source.ts";
import { MergedSources } from "../../../src/config/merged/merged-sources.ts";
import type { SourceUpdate } from "../../../src/config/source.ts";
import { ConfigDirectory } from "../../support/config-directory.ts";
import { service, serviceKey } from "../../support/config-source-contract.ts";
import { ScriptedSource } from "../../support/scripted-source.ts";
import { UpdateLog } from "../../support/update-log.ts";

const A = serviceKey("a");
const B = serviceKey("b");

/** Two scripted sources; `front` stands before `back`. */
function pair({ held = false } = {}) {
  const front = new ScriptedSource("front");
  const back = new ScriptedSource("back", { held });
  const merged = new MergedSources([
    { name: "the front", source: front },
    { name: "the store", source: back },
  ]);
  return { front, back, merged };
}

function portOf(log: UpdateLog, key: string): number | undefined {
  const resource = log.objects.get(key)?.resource;
  return resource?.kind === "HybridService" ? resource.spec.port : undefined;
}

test("a file hides the store's object, says so with its place, and the store's comes to light when the file goes", async () => {
  await using directory = new ConfigDirectory();
  const store = new ScriptedSource("store");
  const merged = new MergedSources([
    { name: "the directory", source: new DirectorySource(directory.path) },
    { name: "the store", source: store },
  ]);
  store.put(A, service("a", 90));
  const log = new UpdateLog(merged);
  try {
    await log.until("the store's", () => portOf(log, A) === 90);
    assert.equal(merged.owner(A)?.source, "store");
    directory.replace("a.yaml", service("a", 80));
    await log.until("the file's", () => portOf(log, A) === 80);
    assert.equal(merged.owner(A)?.position?.file, directory.at("a.yaml"));
    const [problem, ...others] = log.problems;
    assert.deepEqual(others, []);
    assert.equal(problem?.code, "LB1412");
    assert.equal(problem?.object, A);
    assert.equal(problem?.position?.file, directory.at("a.yaml"));
    assert.match(problem?.message ?? "", /a\.yaml:1:1; that one serves, the one in the store is kept but hidden/);
    store.put(A, service("a", 91));
    rmSync(directory.at("a.yaml"));
    await log.until("the store's again", () => portOf(log, A) === 91);
    assert.deepEqual(log.removalsSince(0), [], "it was there all the time");
    assert.deepEqual(log.problems, []);
    assert.equal(merged.owner(A)?.source, "store");
    store.remove(A);
    await log.until("nothing left", () => !log.objects.has(A));
    assert.equal(merged.owner(A), undefined);
  } finally {
    await log.stop();
  }
});

test("what happens behind an object that serves is no update, except for the Problem", async () => {
  const { front, back, merged } = pair();
  front.put(A, service("a", 80));
  const log = new UpdateLog(merged);
  await log.until("first", () => true);
  back.put(A, service("a", 90));
  assert.equal(log.updates.length, 2, "the Problem is new");
  assert.deepEqual(log.updates[1]?.upserts, []);
  back.put(A, service("a", 91));
  assert.equal(log.updates.length, 2);
  back.remove(A);
  assert.deepEqual(log.updates[2], { upserts: [], removals: [], problems: [] });
  await log.stop();
});

test("the first update waits for all sources, has all of them, and nothing that is gone again", async () => {
  const { front, back, merged } = pair({ held: true });
  front.put(A, service("a"));
  front.put(B, service("b"));
  back.put(B, service("b", 90));
  const log = new UpdateLog(merged);
  front.remove(A);
  assert.deepEqual(log.updates, []);
  assert.deepEqual(merged.waitingFor(), ["the store"]);
  back.release();
  assert.equal(log.updates.length, 1);
  assert.deepEqual(log.upsertsSince(0), [B]);
  assert.deepEqual(log.removalsSince(0), []);
  assert.equal(portOf(log, B), 80);
  assert.deepEqual(merged.waitingFor(), []);
  await log.stop();
});

test("a source that fails before its first update fails the whole at once and ends the others", async () => {
  const { front, back, merged } = pair({ held: true });
  const updates: SourceUpdate[] = [];
  const running = merged.run((update) => updates.push(update), new AbortController().signal);
  assert.ok(front.isRunning);
  back.fail("the disk is gone");
  await assert.rejects(running, /the disk is gone/);
  assert.ok(!front.isRunning);
  assert.deepEqual(updates, [], "a part of the estate would take hosts away from proxies that serve all of it");
});

test("a source that fails later leaves what it gave in force, says so, and the others go on", async () => {
  const { front, back, merged } = pair();
  back.put(B, service("b"));
  const log = new UpdateLog(merged);
  await log.until("first", () => log.objects.has(B));
  back.fail("the disk is gone");
  await log.until("the Problem", () => log.codes().includes("LB1413"));
  assert.match(log.problems[0]?.message ?? "", /the store is no longer followed: the disk is gone/);
  assert.deepEqual(log.keys(), [B]);
  front.put(A, service("a"));
  assert.deepEqual(log.keys(), [A, B]);
  assert.deepEqual(log.codes(), ["LB1413"]);
  await assert.rejects(log.stop(), /the disk is gone/);
});

test("an unreadable directory keeps nobody waiting", async () => {
  const store = new ScriptedSource("store");
  store.put(A, service("a"));
  const log = new UpdateLog(
    new MergedSources([
      { name: "the directory", source: new DirectorySource("/nowhere/at/all") },
      { name: "the store", source: store },
    ]),
  );
  await log.until("the store's", () => log.objects.has(A));
  assert.deepEqual(log.codes(), ["LB1401"]);
  await log.stop();
});

test("problems are those of all sources", async () => {
  const { front, back, merged } = pair();
  const problem = (message: string) => ({ code: "LB1404", severity: "error", message, path: "" }) as const;
  front.problems = [problem("front")];
  back.problems = [problem("back")];
  const log = new UpdateLog(merged);
  await log.until("first", () => true);
  back.problems = [problem("back"), problem("more")];
  back.flush();
  assert.deepEqual(
    log.problems.map(({ message }) => message),
    ["front", "back", "more"],
  );
  await log.stop();
});
