import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { landbridge } from "../../support/command-line.ts";

/** What bash would offer after these words. */
function offered(script: string, ...words: readonly string[]): string[] {
  const quoted = words.map((word) => `'${word}'`).join(" ");
  const ask = `COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _landbridge; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync("bash", ["-c", `${script}\n${ask}`], { encoding: "utf8" });
  assert.equal(stderr, "");
  return stdout.split("\n").filter((line) => line !== "");
}

test("bash completes commands, kinds, options and their values", async () => {
  const { out, code } = await landbridge(["completion", "bash"]);
  assert.equal(code, 0);
  assert.deepEqual(offered(out, "landbridge", "co"), ["compile", "completion"]);
  assert.deepEqual(offered(out, "landbridge", "get", "httpr"), ["httproutes"]);
  assert.deepEqual(offered(out, "landbridge", "--state-dir", "x", "get", "--wa"), ["--watch"]);
  assert.deepEqual(offered(out, "landbridge", "get", "gateways", "-o", ""), ["wide", "yaml", "json", "name"]);
  assert.deepEqual(offered(out, "landbridge", "completion", "z"), ["zsh"]);
  assert.deepEqual(offered(out, "landbridge", "explain", "hybr"), ["hybridservices"]);
  assert.deepEqual(offered(out, "landbridge", "audit", ""), ["log"]);
  assert.deepEqual(offered(out, "landbridge", "restore", "package.j"), ["package.json"]);
});

test("zsh and fish get scripts that name every option of a command", async () => {
  for (const shell of ["zsh", "fish"]) {
    const { out, code } = await landbridge(["completion", shell]);
    assert.equal(code, 0);
    for (const word of ["describe", "stage", "httproutes", "state-dir"]) assert.match(out, new RegExp(word));
    const check = spawnSync(shell, ["-n"], { input: out, encoding: "utf8" });
    // Not every machine has these shells; where one is, it must find no mistake.
    if (check.error === undefined) assert.equal(check.status, 0, check.stderr);
  }
});
