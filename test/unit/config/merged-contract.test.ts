import { rmSync } from "node:fs";
import { DirectorySource } from "../../../src/config/directory/source.ts";
import { MergedSources } from "../../../src/config/merged/merged-sources.ts";
import { type ObjectKey, parseObjectKey } from "../../../src/model/keys.ts";
import { ConfigDirectory } from "../../support/config-directory.ts";
import { serviceKey, testConfigSource } from "../../support/config-source-contract.ts";
import { ScriptedSource } from "../../support/scripted-source.ts";

const fileOf = (key: ObjectKey) => `${parseObjectKey(key).name}.yaml`;

for (const inFiles of [[serviceKey("a")], [serviceKey("b"), serviceKey("c")]]) {
  testConfigSource(`MergedSources (${inFiles.join(", ")} in files, the rest elsewhere)`, async () => {
    const directory = new ConfigDirectory();
    const scripted = new ScriptedSource("scripted");
    return {
      source: new MergedSources([
        { name: "the directory", source: new DirectorySource(directory.path) },
        { name: "the script", source: scripted },
      ]),
      put: async (key, yaml) => {
        if (inFiles.includes(key)) directory.replace(fileOf(key), yaml);
        else scripted.put(key, yaml);
      },
      remove: async (key) => {
        if (inFiles.includes(key)) rmSync(directory.at(fileOf(key)));
        else scripted.remove(key);
      },
      close: () => directory[Symbol.asyncDispose](),
    };
  });
}
