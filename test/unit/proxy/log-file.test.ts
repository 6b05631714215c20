import assert from "node:assert/strict";
import { appendFileSync, closeSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { lastError, openLog, readTail, rotateLog, sizeOf } from "../../../src/proxy/log-file.ts";
import { scratchDirectory } from "../../support/supervised-envoy.ts";

const INFO = "[2026-11-23 08:21:37.385][8862][info][main] [source/server/server.cc:1] all well";
const CRITICAL = "[2026-11-23 08:21:37.386][8862][critical][main] [source/server/server.cc:2] port taken: 8080";

test("Envoy's last error is quoted without its prefix, wherever it stands", () => {
  assert.equal(lastError([INFO, CRITICAL, INFO]), "port taken: 8080");
  assert.equal(lastError([INFO]), "all well");
  assert.equal(lastError(["terminate called"]), "terminate called");
  assert.equal(lastError([]), "it wrote nothing");
});

test("only what was written since a run began is its output", () => {
  using scratch = scratchDirectory();
  const path = join(scratch.path, "log");
  writeFileSync(path, "of the run before\n");
  const start = sizeOf(path);
  appendFileSync(path, "one\n\ntwo\nthree\n");
  assert.deepEqual(readTail(path, start, 2), ["two", "three"]);
  assert.deepEqual(readTail(join(scratch.path, "none"), 0, 2), []);
});

test("a writer that has the log open goes on in the rotated file", () => {
  using scratch = scratchDirectory();
  const path = join(scratch.path, "log");
  const writer = openLog(path);
  writeSync(writer, "x".repeat(100));
  rotateLog(path, 1000);
  assert.equal(sizeOf(path), 100);
  rotateLog(path, 99);
  writeSync(writer, "after");
  closeSync(writer);
  assert.equal(readFileSync(path, "utf8"), "after");
  assert.equal(sizeOf(`${path}.1`), 100);
});
