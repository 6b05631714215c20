import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, openSync, renameSync, rmSync, truncateSync, writeSync } from "node:fs";
import { test } from "node:test";
import { ConfigDirectory } from "../../support/config-directory.ts";
import { service, serviceKey } from "../../support/config-source-contract.ts";

const both = `${service("a")}---\n${service("b")}`;

test("a file emptied by accident keeps its objects and is reported", async () => {
  await using directory = new ConfigDirectory();
  directory.write("ab.yaml", both);
  const log = await directory.watch();
  truncateSync(directory.at("ab.yaml"));
  await log.until("a problem", () => log.codes().includes("LB1405"));
  assert.deepEqual(log.removalsSince(0), []);
  directory.write("ab.yaml", both);
  await log.until("the problem is gone", () => log.problems.length === 0);
  assert.deepEqual(log.upsertsSince(1), []);
});

test("a file cut short in the middle of a line changes nothing while it is being written", async () => {
  await using directory = new ConfigDirectory();
  directory.write("ab.yaml", both);
  const log = await directory.watch({ settleMs: 5_000 });
  // Ends inside "weight: 100": still good YAML, but another weight.
  const cut = service("a").indexOf("100") + 1;
  const closing = " } ]";
  const file = openSync(directory.at("ab.yaml"), "w");
  writeSync(file, service("a").slice(0, cut) + closing);
  directory.write("c.yaml", service("c"));
  await log.until("a later edit is through", () => log.objects.has(serviceKey("c")));
  assert.deepEqual(log.upsertsSince(1), [serviceKey("c")]);
  assert.deepEqual(log.removalsSince(1), []);
  closeSync(file);
  directory.write("ab.yaml", both.replace("port: 80", "port: 81"));
  await log.until("the whole file is through", () => log.upsertsSince(1).includes(serviceKey("a")));
  assert.deepEqual(log.upsertsSince(1), [serviceKey("c"), serviceKey("a")]);
});

test("a file without a line end at its end is read all the same", async () => {
  await using directory = new ConfigDirectory();
  directory.write("a.yaml", service("a").trimEnd());
  const log = await directory.watch();
  assert.deepEqual(log.keys(), [serviceKey("a")]);
  directory.write("a.yaml", service("a", 81).trimEnd());
  await log.until("the edit", () => log.upsertsSince(1).length === 1);
});

test("a file that no longer parses keeps its objects, and the sound ones beside a broken one change", async () => {
  await using directory = new ConfigDirectory();
  directory.write("ab.yaml", both);
  const log = await directory.watch();
  directory.write("ab.yaml", `${service("a", 81)}---\n${service("b").replace("port: 80", "port: high")}`);
  await log.until("a changed", () => log.upsertsSince(1).length === 1 && log.problems.length > 0);
  assert.deepEqual(log.upsertsSince(1), [serviceKey("a")]);
  assert.equal(log.problems[0]?.position?.file, directory.at("ab.yaml"));
  directory.write("ab.yaml", "spec: [ {\n");
  await log.until("not YAML", () => log.codes().some((code) => code !== "LB1405") && log.updates.length > 2);
  directory.write("ab.yaml", both);
  await log.until("repaired", () => log.problems.length === 0);
  assert.deepEqual(log.removalsSince(0), []);
});

test("a file that is gone for a moment is not a removal", async () => {
  await using directory = new ConfigDirectory();
  directory.write("a.yaml", service("a"));
  const log = await directory.watch({ confirmMs: 2_000 });
  renameSync(directory.at("a.yaml"), directory.at("a.yaml~"));
  directory.write("b.yaml", service("b"));
  await log.until("the source has seen it", () => log.objects.has(serviceKey("b")));
  directory.write("a.yaml", service("a", 81));
  await log.until("a is new", () => log.upsertsSince(1).includes(serviceKey("a")));
  assert.deepEqual(log.removalsSince(0), []);
  assert.equal(log.objects.get(serviceKey("a"))?.resource.metadata.generation, 2);
});

test("a file that only a comment is left of loses its objects", async () => {
  await using directory = new ConfigDirectory();
  directory.write("ab.yaml", both);
  const log = await directory.watch();
  directory.write("ab.yaml", "# nothing here any more\n");
  await log.until("both are gone", () => log.objects.size === 0);
});

test("an object that moves to another file stays, with its generation", async () => {
  await using directory = new ConfigDirectory();
  directory.write("a.yaml", service("a"));
  const log = await directory.watch();
  renameSync(directory.at("a.yaml"), directory.at("z.yaml"));
  directory.write("b.yaml", service("b"));
  await log.until("b is there", () => log.objects.has(serviceKey("b")));
  directory.write("z.yaml", service("a", 81));
  const generation = () => log.objects.get(serviceKey("a"))?.resource.metadata.generation;
  await log.until("the edit in the new place", () => generation() === 2);
  assert.deepEqual(log.removalsSince(0), []);
  assert.deepEqual(log.codes(), []);
});

test("of one object in two files the one that serves stays, and the other is told where that is", async () => {
  await using directory = new ConfigDirectory();
  directory.write("m.yaml", service("a"));
  const log = await directory.watch();
  directory.write("b.yaml", service("a", 81));
  await log.until("a problem", () => log.codes().includes("LB1410"));
  const [problem] = log.problems;
  assert.equal(problem?.position?.file, directory.at("b.yaml"));
  assert.match(problem?.message ?? "", new RegExp(`${directory.at("m.yaml")}:1:1`));
  assert.deepEqual(log.upsertsSince(1), []);
  rmSync(directory.at("m.yaml"));
  await log.until("the other takes over", () => log.problems.length === 0 && log.upsertsSince(1).length > 0);
  assert.deepEqual(log.removalsSince(0), []);
});

test("of one object in two files at the start the first by name serves", async () => {
  await using directory = new ConfigDirectory();
  directory.write("z.yaml", service("a", 81));
  directory.write("b.yaml", service("a", 82));
  directory.write("c.yaml", `${service("c", 81)}---\n${service("c", 82)}`);
  const log = await directory.watch();
  assert.match(JSON.stringify(log.objects.get(serviceKey("a"))?.resource), /"port":82/);
  assert.match(JSON.stringify(log.objects.get(serviceKey("c"))?.resource), /"port":81/);
  assert.deepEqual(log.codes(), ["LB1410", "LB1410"]);
});

test("what is no readable text is a problem each, and nothing else suffers", async () => {
  await using directory = new ConfigDirectory();
  directory.write("a.yaml", service("a"));
  directory.write("latin.yaml", Buffer.from("# ok\nname: caf\xe9\n", "latin1"));
  directory.write("large.yaml", "# filler\n".repeat(2_500_000));
  execFileSync("mkfifo", [directory.at("pipe.yaml")]);
  const log = await directory.watch();
  assert.deepEqual(log.keys(), [serviceKey("a")]);
  const places = log.problems.map(
    ({ code, position }) => `${code} ${position?.file}:${position?.line}:${position?.column}`,
  );
  assert.deepEqual(places.sort(), [
    `LB1407 ${directory.at("pipe.yaml")}:1:1`,
    `LB1408 ${directory.at("large.yaml")}:1:1`,
    `LB1409 ${directory.at("latin.yaml")}:2:10`,
  ]);
});

test("an object whose lines move brings its new place with the very same resource", async () => {
  await using directory = new ConfigDirectory();
  directory.write("ab.yaml", both);
  const log = await directory.watch();
  const before = log.objects.get(serviceKey("b"));
  directory.write("ab.yaml", `${service("a", 81)}# one line more\n---\n${service("b")}`);
  await log.until("a changed", () => log.upsertsSince(1).length > 0);
  const after = log.objects.get(serviceKey("b"));
  assert.equal(after?.resource, before?.resource);
  assert.equal(after?.origin.position?.line, (before?.origin.position?.line ?? 0) + 1);
});
