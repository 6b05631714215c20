import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { repository } from "../../../scripts/checks/check.ts";

const runner = join(repository, "scripts/run.mjs");

function makeProgram(t: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "landbridge-run-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "program.ts");
  writeFileSync(file, text);
  return file;
}

test("arguments, output and exit code pass through", (t) => {
  const file = makeProgram(t, "console.log(process.argv.slice(2).join('|')); process.exit(7);");
  const { status, stdout } = spawnSync(process.execPath, [runner, file, "a b", "--c"], { encoding: "utf8" });
  assert.deepEqual({ status, stdout }, { status: 7, stdout: "a b|--c\n" });
});

test("a program that dies of a signal ends as a shell would say it", (t) => {
  const file = makeProgram(t, "process.kill(process.pid, 'SIGKILL');");
  assert.equal(spawnSync(process.execPath, [runner, file]).status, 137);
});

test("Ctrl-C under npm, which arrives twice, reaches the program once", async (t) => {
  // After the first SIGINT the program waits for SIGTERM, which is sent last, and then says how many it heard.
  const file = makeProgram(
    t,
    `let heard = 0;
     process.on("SIGINT", () => console.log("heard", ++heard));
     process.on("SIGTERM", () => process.exit(heard));
     setInterval(() => {}, 1000);
     console.log("ready");`,
  );
  const child = spawn(process.execPath, [runner, file], { stdio: ["ignore", "pipe", "inherit"], detached: true });
  t.after(() => child.kill("SIGKILL"));
  await once(child.stdout, "data");
  const heard = once(child.stdout, "data");
  const group = -(child.pid ?? assert.fail("not started"));
  process.kill(group, "SIGINT");
  await heard;
  process.kill(group, "SIGINT");
  child.kill("SIGTERM");
  const [code] = await once(child, "exit");
  assert.equal(code, 1);
});

test("bin/landbridge works through a symlink and says what is missing", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "landbridge-bin-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const link = join(folder, "landbridge");
  symlinkSync(join(repository, "bin/landbridge"), link);
  const { status, stderr } = spawnSync(link, ["version"], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
});

test("bin/landbridge of a clone that isn't set up says which command does it", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "landbridge-bin-"));
  t.after(() => rmSync(folder, { recursive: true }));
  spawnSync("cp", ["-R", join(repository, "bin"), folder]);
  const { status, stderr } = spawnSync(join(folder, "bin/landbridge"), ["version"], { encoding: "utf8" });
  assert.equal(status, 1);
  assert.match(stderr, /isn't set up yet: run `npm run setup` in /);
});
