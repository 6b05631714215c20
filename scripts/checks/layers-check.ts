import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Check, repository, repositoryFiles } from "./check.ts";
import { checkLayersOf, readLayers } from "./layers.ts";

/** layers.json holds: folders import only what they may, and pure folders do nothing but compute. */
export const layersCheck: Check = {
  name: "layers",
  async run() {
    const rules = readLayers(repository);
    const sources = (await repositoryFiles()).filter((file) => file.startsWith("src/") && file.endsWith(".ts"));
    return sources.flatMap((file) => checkLayersOf(file, readFileSync(join(repository, file), "utf8"), rules));
  },
};
