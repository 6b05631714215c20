import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import test from "node:test";
import { repository } from "../../../scripts/checks/check.ts";
import { renderSummary } from "../../../scripts/testing/results.ts";

// The runner runs in a process of its own: inside a test, Node's runner would report to this one.
const program = `
  import { runTests } from "../../scripts/testing/run-tests.ts";
  const results = await runTests(JSON.parse(process.argv[2]), { concurrency: 2, signal: new AbortController().signal });
  console.log(JSON.stringify(results));
`;

function runFiles(contents: Record<string, string>) {
  const folder = mkdtempSync(join(repository, ".setup/runner-"));
  try {
    for (const [name, text] of Object.entries(contents)) writeFileSync(join(folder, name), text);
    const files = Object.keys(contents).map((name) => relative(repository, join(folder, name)));
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const main = join(folder, "main.ts");
    writeFileSync(main, program);
    const args = [main, JSON.stringify(files)];
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: repository, env, encoding: "utf8" });
    const results = JSON.parse(stdout.trim().split("\n").at(-1) ?? stderr);
    return {
      stdout,
      passed: results.passed,
      skipped: results.skipped,
      failures: results.failures.map((name: string) => name.replace(/^.*?\/runner-[^/]*\//, "")),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const head = 'import { describe, test } from "node:test";\n';

test("passed, skipped and failed tests are counted, and a suite is not counted beside its tests", () => {
  const { passed, skipped, failures } = runFiles({
    "a.mjs": `${head}describe("s", () => { test("good", () => {}); test("bad", () => { throw new Error("why"); }); test.skip("later", () => {}); });`,
    "b.mjs": `${head}test("good too", () => {});`,
  });
  assert.deepEqual({ passed, skipped, failures }, { passed: 2, skipped: 1, failures: ["a.mjs: bad"] });
});

test("a file that doesn't load, crashes after its tests, or is killed has failed", () => {
  const { failures } = runFiles({
    "load.mjs": 'import "./missing.mjs";',
    "late.mjs": `${head}test("good", () => {}); process.on("exit", () => { process.exitCode = 3; });`,
    "killed.mjs": `${head}test("dies", () => process.kill(process.pid, "SIGKILL"));`,
  });
  assert.deepEqual(failures.sort(), ["killed.mjs", "late.mjs", "load.mjs"]);
});

test("what a test printed is shown only when its file failed", () => {
  const { stdout } = runFiles({
    "good.mjs": `${head}console.log("hush"); test("good", () => {});`,
    "bad.mjs": `${head}console.log("look"); test("bad", () => { throw new Error("why"); });`,
  });
  assert.ok(stdout.includes("look") && stdout.includes("Error: why"));
  assert.ok(!stdout.includes("hush"));
});

test("the last line counts, and the skipped only when there are any", () => {
  assert.equal(renderSummary({ passed: 3, skipped: 0, failures: [] }), "\n3 passed, 0 failed");
  assert.equal(renderSummary({ passed: 3, skipped: 1, failures: [] }), "\n3 passed, 0 failed, 1 skipped");
  assert.equal(renderSummary({ passed: 3, skipped: 0, failures: ["a: b"] }), "\nfailed:\n  a: b\n\n3 passed, 1 failed");
});
