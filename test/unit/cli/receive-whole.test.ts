import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, test } from "node:test";
import { receiveWhole } from "../../../src/cli/receive-whole.ts";

const directory = mkdtempSync(join(tmpdir(), "lb-receive-"));
after(() => rmSync(directory, { recursive: true, force: true }));

test("what arrives whole is a file that only its owner reads", async () => {
  const path = join(directory, "whole");
  assert.equal(await receiveWhole(Readable.from(["one, ", "two"]), path, false), "saved");
  assert.equal(readFileSync(path, "utf8"), "one, two");
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test("a file that came up meanwhile is not replaced, unless it may be", async () => {
  const path = join(directory, "taken");
  writeFileSync(path, "mine");
  assert.equal(await receiveWhole(Readable.from(["theirs"]), path, false), "taken");
  assert.equal(readFileSync(path, "utf8"), "mine");
  assert.equal(await receiveWhole(Readable.from(["theirs"]), path, true), "saved");
  assert.equal(readFileSync(path, "utf8"), "theirs");
});

test("what breaks off leaves nothing, neither a half file nor a draft", async () => {
  const before = readdirSync(directory);
  const broken = Readable.from(
    (async function* () {
      yield "half";
      throw Object.assign(new Error("the connection broke"), { code: "ECONNRESET" });
    })(),
  );
  const outcome = await receiveWhole(broken, join(directory, "half"), false);
  assert.ok(outcome instanceof Error);
  assert.deepEqual(readdirSync(directory), before);
});
