import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { parse } from "../../../src/model/parse.ts";
import { ConfigDirectory } from "../../support/config-directory.ts";
import { service, serviceKey } from "../../support/config-source-contract.ts";

test("among many files a change of one parses that one only", async () => {
  await using directory = new ConfigDirectory();
  for (let i = 0; i < 300; i++) directory.write(`s${i}.yaml`, service(`s${i}`));
  const parsed: string[] = [];
  const log = await directory.watch({
    parse: (text, file) => {
      parsed.push(file);
      return parse(text, file);
    },
  });
  assert.equal(log.objects.size, 300);
  assert.equal(parsed.length, 300);
  directory.replace("s7.yaml", service("s7", 81));
  await log.until("the edit", () => log.upsertsSince(1).length > 0);
  assert.deepEqual(log.upsertsSince(1), [serviceKey("s7")]);
  assert.deepEqual(parsed.slice(300), [directory.at("s7.yaml")]);
});

test("a burst of changes all arrive, also in directories made in it", async () => {
  await using directory = new ConfigDirectory();
  const log = await directory.watch();
  for (let i = 0; i < 20; i++) {
    mkdirSync(directory.at(`team${i}`));
    for (let j = 0; j < 10; j++) writeFileSync(directory.at(`team${i}/s${j}.yaml`), service(`t${i}s${j}`));
  }
  await log.until("all are there", () => log.objects.size === 200);
  assert.deepEqual(log.problems, []);
});
