import assert from "node:assert/strict";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { proxyPaths } from "../../../src/proxy/paths.ts";
import { readPidFile, recordedEnvoys, writePidFile } from "../../../src/proxy/pid-file.ts";
import { identifyProcess, isAlive } from "../../../src/proxy/process-identity.ts";
import { prepareDirectory, stateDirectoryProblem } from "../../../src/proxy/state-directory.ts";
import { mountOrSkip } from "../../support/mounted-file-system.ts";
import { scratchDirectory } from "../../support/supervised-envoy.ts";

test("the directory of an Envoy is private", () => {
  using scratch = scratchDirectory();
  const paths = proxyPaths(join(scratch.path, "edge"));
  assert.equal(prepareDirectory(paths, "{}"), undefined);
  assert.equal(statSync(paths.directory).mode & 0o777, 0o700);
  assert.equal(statSync(paths.bootstrap).mode & 0o777, 0o600);
});

test("a path that can't be a directory is a problem", () => {
  using scratch = scratchDirectory();
  writeFileSync(join(scratch.path, "file"), "");
  const problem = prepareDirectory(proxyPaths(join(scratch.path, "file/edge")), "{}");
  assert.equal(problem?.code, "LB4004");
  assert.match(problem?.message ?? "", /a part of the path is a file/);
});

test("a directory too deep for a socket is a problem", () => {
  using scratch = scratchDirectory();
  const problem = prepareDirectory(proxyPaths(join(scratch.path, "d".repeat(100))), "{}");
  assert.equal(problem?.code, "LB4005");
});

test("a read-only file system is a problem", (t) => {
  using scratch = scratchDirectory();
  const path = join(scratch.path, "ro");
  using mounted = mountOrSkip(t, path, "ro");
  if (mounted === undefined) return;
  assert.match(prepareDirectory(proxyPaths(join(path, "edge")), "{}")?.message ?? "", /the file system is read-only/);
});

test("a full file system is a problem, and leaves no half-written bootstrap", (t) => {
  using scratch = scratchDirectory();
  const path = join(scratch.path, "full");
  using mounted = mountOrSkip(t, path, "size=16k");
  if (mounted === undefined) return;
  const paths = proxyPaths(path);
  assert.equal(prepareDirectory(paths, "{}"), undefined);
  assert.match(prepareDirectory(paths, "x".repeat(64 * 1024))?.message ?? "", /no space left on the device/);
  assert.equal(statSync(paths.bootstrap).size, 2);
});

test("what isn't about files is a defect and thrown on", () => {
  assert.throws(() => stateDirectoryProblem("/x", new TypeError("ours")), TypeError);
});

test("a process is told from another with the same number", () => {
  const self = identifyProcess(process.pid);
  assert.ok(self);
  assert.ok(isAlive(self));
  assert.equal(isAlive({ ...self, startTime: "before" }), false);
  assert.equal(identifyProcess(2 ** 30), undefined);
});

test("a pid file that is damaged counts as none", () => {
  using scratch = scratchDirectory();
  const path = join(scratch.path, "pid");
  assert.equal(readPidFile(path), undefined);
  for (const text of ["", "{", "[]", '{"pid":-1,"startTime":"x","fingerprint":"y"}', '{"pid":0}', '{"pid":1}']) {
    writeFileSync(path, text);
    assert.equal(readPidFile(path), undefined, text);
  }
});

test("only Envoys that still run are counted as ours", () => {
  using scratch = scratchDirectory();
  const self = identifyProcess(process.pid);
  assert.ok(self);
  const record = { ...self, fingerprint: "any", draining: false };
  for (const [name, startTime] of [
    ["running", self.startTime],
    ["gone", "before"],
  ] as const) {
    mkdirSync(join(scratch.path, name));
    writePidFile(proxyPaths(join(scratch.path, name)).pidFile, { ...record, startTime });
  }
  assert.deepEqual(recordedEnvoys(scratch.path), [record]);
  assert.deepEqual(recordedEnvoys(join(scratch.path, "none")), []);
});
