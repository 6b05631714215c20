import { rmSync } from "node:fs";
import { DirectorySource } from "../../../src/config/directory/source.ts";
import { type ObjectKey, parseObjectKey } from "../../../src/model/keys.ts";
import { ConfigDirectory } from "../../support/config-directory.ts";
import { testConfigSource } from "../../support/config-source-contract.ts";

const fileOf = (key: ObjectKey) => `${parseObjectKey(key).name}.yaml`;

for (const way of ["write", "replace"] as const) {
  testConfigSource(`DirectorySource (files that change by ${way})`, async () => {
    const directory = new ConfigDirectory();
    return {
      source: new DirectorySource(directory.path),
      put: async (key, yaml) => directory[way](fileOf(key), yaml),
      remove: async (key) => rmSync(directory.at(fileOf(key))),
      close: () => directory[Symbol.asyncDispose](),
    };
  });
}
