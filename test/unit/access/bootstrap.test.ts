import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { bootstrapTokenPath, openBootstrapToken } from "../../../src/access/bootstrap.ts";
import { parseToken } from "../../../src/access/token.ts";
import { scratchDirectory } from "../../support/supervised-envoy.ts";

const first = new Uint8Array(32).fill(1);
const second = new Uint8Array(32).fill(2);

function open(directory: string, random = second) {
  const opened = openBootstrapToken(directory, random);
  assert.ok("token" in opened, JSON.stringify(opened));
  return opened;
}

function problemOf(directory: string) {
  const opened = openBootstrapToken(directory, second);
  assert.ok("problem" in opened);
  return opened.problem;
}

test("the first start makes a token that only its owner can read; later ones read it", () => {
  using scratch = scratchDirectory();
  const made = open(scratch.path, first);
  const path = bootstrapTokenPath(scratch.path);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(statSync(dirname(path)).mode & 0o777, 0o700);
  assert.equal(readFileSync(path, "utf8"), `${made.token}\n`);
  assert.equal(parseToken(made.token)?.hash, made.hash);
  assert.deepEqual(open(scratch.path), made);
});

test("deleting the file makes a new token", () => {
  using scratch = scratchDirectory();
  const made = open(scratch.path, first);
  rmSync(bootstrapTokenPath(scratch.path));
  assert.notEqual(open(scratch.path).token, made.token);
});

test("a file that others can read isn't used, and isn't replaced", () => {
  using scratch = scratchDirectory();
  const made = open(scratch.path, first);
  const path = bootstrapTokenPath(scratch.path);
  for (const mode of [0o640, 0o604, 0o602, 0o610]) {
    chmodSync(path, mode);
    const problem = problemOf(scratch.path);
    assert.equal(problem.code, "LB7210");
    assert.match(problem.message, new RegExp(`has mode 0${mode.toString(8)}`));
  }
  chmodSync(path, 0o600);
  assert.deepEqual(open(scratch.path), made);
});

test("a file that holds no token, a link and a directory in its place are problems that don't show what is there", () => {
  using scratch = scratchDirectory();
  const path = bootstrapTokenPath(scratch.path);
  mkdirSync(dirname(path));
  writeFileSync(path, "hunter2\n", { mode: 0o600 });
  assert.equal(problemOf(scratch.path).code, "LB7211");
  assert.ok(!JSON.stringify(problemOf(scratch.path)).includes("hunter2"));
  rmSync(path);
  writeFileSync(join(scratch.path, "elsewhere"), open(join(scratch.path, "other")).token, { mode: 0o600 });
  symlinkSync(join(scratch.path, "elsewhere"), path);
  assert.equal(problemOf(scratch.path).code, "LB7211");
  rmSync(path);
  mkdirSync(path, { mode: 0o700 });
  assert.equal(problemOf(scratch.path).code, "LB7211");
});

test("a state directory that can't be written is a problem", () => {
  using scratch = scratchDirectory();
  writeFileSync(join(scratch.path, "file"), "");
  assert.equal(problemOf(join(scratch.path, "file")).code, "LB7211");
});
