// vegeta, the load tool: with keep-alive off it counts every failed request exactly.
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { SetUpFailure } from "./failure.mjs";
import { hashOf, makeCacheEntry } from "./files.mjs";
import { cacheDirectory, toolsDirectory } from "./places.mjs";
import { mustRun, run } from "./process.mjs";
import { testing } from "./step.mjs";

const flags = ["-trimpath", "-buildvcs=false", "-ldflags", "-s -w"];

/** @type {Promise<string | undefined> | undefined} */
let location;

/** @type {import("./step.mjs").Step} */
export const vegeta = {
  title: "vegeta",
  for: testing,
  isDone: async () => existsSync((await locate()) ?? ""),
  needs: async () => ["go"],
  async run(report) {
    report("building it with Go: about a minute, once for all clones");
    await makeCacheEntry(basename(dirname(await binary())), async (folder) => {
      const env = { ...process.env, CGO_ENABLED: "0", GOFLAGS: "" };
      const target = ["-o", join(folder, "vegeta"), "github.com/tsenart/vegeta/v12"];
      await mustRun("go", ["build", ...flags, ...target], { cwd: toolsDirectory, env });
    });
  },
  paths: async () => ({ vegeta: await binary() }),
  leaves: async () => [await binary()],
};

async function binary() {
  const path = await locate();
  if (path === undefined) throw new SetUpFailure("`go env GOVERSION` failed");
  return path;
}

function locate() {
  location ??= nameLocation();
  return location;
}

/** Where the binary belongs; undefined when there is no Go. */
async function nameLocation() {
  const { code, output } = await run("go", ["env", "GOVERSION"], { cwd: toolsDirectory });
  if (code !== 0) return undefined;
  const sources = ["go.mod", "go.sum"].map((name) => readFileSync(join(toolsDirectory, name), "utf8"));
  const hash = hashOf([...sources, ...flags, output.trim()]);
  return join(cacheDirectory, `vegeta-${hash.slice(0, 8)}`, "vegeta");
}
