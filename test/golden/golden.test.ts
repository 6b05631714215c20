/**
 * Every folder here is a case: input.yaml, and what the compiler makes of it (routing.yaml, status.yaml and, where it
 * teaches something, envoy.yaml). UPDATE_GOLDEN=1 writes them anew; read the difference before you commit it.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { goldenNames, readGoldenCase } from "../support/golden-case.ts";

const isUpdate = process.env.UPDATE_GOLDEN === "1";

for (const name of goldenNames()) {
  test(`golden: ${name}`, async () => {
    const { errors, directory, outputs } = await readGoldenCase(name);
    assert.deepEqual(errors, []);
    for (const [file, content] of outputs) {
      if (isUpdate) writeFileSync(`${directory}${file}`, content);
      else assert.equal(content, readFileSync(`${directory}${file}`, "utf8"), `${name}/${file} differs from what is made`);
    }
    assert.deepEqual(readdirSync(directory).sort(), ["input.yaml", ...outputs.keys()].sort(), "files that nothing makes");
  });
}
