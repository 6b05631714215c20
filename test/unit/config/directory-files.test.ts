import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { test } from "node:test";
import { DirectoryFiles } from "../../../src/config/directory/files.ts";
import { parse } from "../../../src/model/parse.ts";
import { ConfigDirectory } from "../../support/config-directory.ts";
import { service } from "../../support/config-source-contract.ts";

test("a file read within a tick of its last write is looked at again: a later write may not show", async () => {
  await using directory = new ConfigDirectory();
  directory.write("a.yaml", service("a"));
  const path = directory.at("a.yaml");
  const files = new DirectoryFiles({ source: "test", maxBytes: 1_000_000, parse });
  const written = statSync(path).mtimeMs;
  files.read(path, path, "first", written + 100);
  assert.ok(files.isStale(path, path));
  files.read(path, path, "first", written + 5_000);
  assert.ok(!files.isStale(path, path));
});
