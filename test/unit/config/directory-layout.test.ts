import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmSync, symlinkSync, type watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ConfigDirectory } from "../../support/config-directory.ts";
import { service, serviceKey } from "../../support/config-source-contract.ts";

/** Lays files out as the kubelet does for a ConfigMap, and replaces them as it does. */
function mountConfigMap(directory: ConfigDirectory, version: string, files: Record<string, string>): void {
  const payload = directory.at(`..${version}`);
  mkdirSync(payload);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(payload, name), text);
  symlinkSync(`..${version}`, directory.at("..data_tmp"));
  renameSync(directory.at("..data_tmp"), directory.at("..data"));
}

test("a ConfigMap's mount is read once, and its replacement is one change", async () => {
  await using directory = new ConfigDirectory();
  mountConfigMap(directory, "1", { "a.yaml": service("a"), "b.yaml": service("b") });
  symlinkSync("..data/a.yaml", directory.at("a.yaml"));
  symlinkSync("..data/b.yaml", directory.at("b.yaml"));
  const log = await directory.watch({ sweepMs: 60_000 });
  assert.deepEqual(log.keys(), [serviceKey("a"), serviceKey("b")]);
  assert.deepEqual(log.codes(), []);
  mountConfigMap(directory, "2", { "a.yaml": service("a", 81), "b.yaml": service("b") });
  rmSync(directory.at("..1"), { recursive: true });
  await log.until("a changed", () => log.upsertsSince(1).length > 0);
  assert.deepEqual(log.upsertsSince(1), [serviceKey("a")]);
  // A key taken out of the ConfigMap: first its target goes, then its link.
  mountConfigMap(directory, "3", { "a.yaml": service("a", 81) });
  rmSync(directory.at("b.yaml"));
  await log.until("b is gone", () => !log.objects.has(serviceKey("b")));
  await log.until("no problem is left", () => log.problems.length === 0);
});

test("a linked file is followed to where it lies, also when it changes there", async () => {
  await using directory = new ConfigDirectory();
  const elsewhere = join(directory.base, "elsewhere");
  mkdirSync(elsewhere);
  writeFileSync(join(elsewhere, "real.yaml"), service("a"));
  symlinkSync(join(elsewhere, "real.yaml"), directory.at("a.yaml"));
  const log = await directory.watch({ sweepMs: 60_000 });
  writeFileSync(join(elsewhere, "real.yaml"), service("a", 81));
  await log.until("a changed", () => log.upsertsSince(1).length > 0);
});

test("the directory itself may be a link that is moved to another release", async () => {
  await using directory = new ConfigDirectory();
  rmSync(directory.path, { recursive: true });
  for (const [release, port] of [
    ["one", 80],
    ["two", 81],
  ] as const) {
    mkdirSync(join(directory.base, release));
    writeFileSync(join(directory.base, release, "a.yaml"), service("a", port));
  }
  symlinkSync("one", directory.path);
  const log = await directory.watch({ sweepMs: 60_000 });
  symlinkSync("two", join(directory.base, "next"));
  renameSync(join(directory.base, "next"), directory.path);
  await log.until("a changed", () => log.upsertsSince(1).length > 0);
  assert.deepEqual(log.removalsSince(0), []);
});

test("links in a circle and links that lead nowhere end in a problem, not in a loop", async () => {
  await using directory = new ConfigDirectory();
  directory.write("a.yaml", service("a"));
  symlinkSync("..", directory.at("up"));
  symlinkSync(".", directory.at("here"));
  symlinkSync("one.yaml", directory.at("two.yaml"));
  symlinkSync("two.yaml", directory.at("one.yaml"));
  symlinkSync("nowhere", directory.at("lost.yaml"));
  const log = await directory.watch();
  assert.deepEqual(log.keys(), [serviceKey("a")]);
  assert.deepEqual(log.codes(), ["LB1406", "LB1406", "LB1406"]);
});

test("directories below are read, as they come and go", async () => {
  await using directory = new ConfigDirectory();
  const log = await directory.watch({ sweepMs: 60_000 });
  mkdirSync(directory.at("team/web"), { recursive: true });
  directory.write(
    "team/web/a.json",
    JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } }),
  );
  directory.write("team/.hidden.yaml", service("b"));
  directory.write("team/readme.md", service("c"));
  await log.until("a is there", () => log.objects.has("Namespace//shop"));
  assert.equal(log.objects.size, 1);
  rmSync(directory.at("team"), { recursive: true });
  await log.until("it is gone", () => log.objects.size === 0);
});

test("a directory that is deleted keeps serving until it is back, and when it is back empty, until it has files", async () => {
  await using directory = new ConfigDirectory();
  directory.write("a.yaml", service("a"));
  const log = await directory.watch({ pollMs: 20 });
  rmSync(directory.path, { recursive: true });
  await log.until("it is missed", () => log.codes().includes("LB1401"));
  mkdirSync(directory.path);
  await log.until("it is empty", () => log.codes().includes("LB1402"));
  assert.deepEqual(log.removalsSince(0), []);
  directory.write("b.yaml", service("b"));
  await log.until("b is there", () => log.objects.has(serviceKey("b")));
  await log.until("a is gone", () => !log.objects.has(serviceKey("a")));
  assert.deepEqual(log.codes(), []);
  directory.write("b.yaml", service("b", 81));
  await log.until("it is watched again", () => log.upsertsSince(1).length > 1);
});

test("a directory that does not exist yet is a problem until it does", async () => {
  await using directory = new ConfigDirectory();
  rmSync(directory.path, { recursive: true });
  const log = await directory.watch({ pollMs: 60_000 });
  assert.deepEqual(log.codes(), ["LB1401"]);
  mkdirSync(directory.path);
  directory.write("a.yaml", service("a"));
  await log.until("a is there", () => log.objects.has(serviceKey("a")) && log.problems.length === 0);
});

test("where the operating system refuses to watch, changes are found by polling", async () => {
  await using directory = new ConfigDirectory();
  directory.write("a.yaml", service("a"));
  const refuse = (() => {
    throw Object.assign(new Error("ENOSPC: System limit for number of file watchers reached, watch 'x'"), {
      code: "ENOSPC",
    });
  }) as unknown as typeof watch;
  const log = await directory.watch({ watch: refuse, pollMs: 20 });
  assert.ok(log.problems.every(({ code, severity }) => code === "LB1403" && severity === "warning"));
  assert.match(log.problems[0]?.message ?? "", /System limit for number of file watchers reached \(ENOSPC\)/);
  directory.write("a.yaml", service("a", 81));
  directory.write("b.yaml", service("b"));
  await log.until("both are seen", () => log.upsertsSince(1).length === 2);
  rmSync(directory.at("a.yaml"));
  await log.until("a is gone", () => !log.objects.has(serviceKey("a")));
});
