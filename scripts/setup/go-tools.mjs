// Programs for the tests and the bench that are built from Go modules, each once for all clones.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { SetUpFailure } from "./failure.mjs";
import { hashOf, makeCacheEntry } from "./files.mjs";
import { cacheDirectory, toolsDirectory } from "./places.mjs";
import { mustRun, run } from "./process.mjs";
import { testing } from "./step.mjs";

/**
 * @typedef {object} GoTool
 * @property {"vegeta" | "kubectl"} name of the program, and its key in paths.json
 * @property {string} module the folder under tools/ whose go.mod pins everything: one for each set of versions
 * @property {string} package what is built: a package of a module that go.mod asks for, or "." for the folder itself
 * @property {string} linkerFlags besides those that all have
 * @property {string} takes what a user waits for, in words
 */

const kubernetes = join(toolsDirectory, "kubectl");

/** @type {readonly GoTool[]} */
const table = [
  {
    // The load tool: with keep-alive off it counts every failed request exactly.
    name: "vegeta",
    module: toolsDirectory,
    package: "github.com/tsenart/vegeta/v12",
    linkerFlags: "",
    takes: "about a minute",
  },
  {
    // The judge of the API.
    name: "kubectl",
    module: kubernetes,
    package: ".",
    linkerFlags: kubernetesVersion(kubernetes),
    takes: "about three minutes on two cores, and 1 GB in Go's caches",
  },
];

/** @type {readonly import("./step.mjs").Step[]} */
export const goTools = table.map(buildStep);

/** @param {GoTool} tool @returns {import("./step.mjs").Step} */
function buildStep(tool) {
  // The same flags for all of them, except at the link: any other makes Go compile every package anew.
  const flags = ["-trimpath", "-buildvcs=false", "-ldflags", `-s -w ${tool.linkerFlags}`.trim()];
  /** @type {Promise<string | undefined> | undefined} */
  let location;
  const locate = () => {
    location ??= nameLocation(tool, flags);
    return location;
  };
  const binary = async () => {
    const path = await locate();
    if (path === undefined) throw new SetUpFailure("`go env GOVERSION` failed");
    return path;
  };
  return {
    title: tool.name,
    for: testing,
    isDone: async () => existsSync((await locate()) ?? ""),
    needs: async () => ["go"],
    async run(report) {
      report(`building it with Go: ${tool.takes}, once for all clones`);
      await makeCacheEntry(basename(dirname(await binary())), async (folder) => {
        const env = { ...process.env, CGO_ENABLED: "0", GOFLAGS: "" };
        await mustRun("go", ["build", ...flags, "-o", join(folder, tool.name), tool.package], {
          cwd: tool.module,
          env,
          hint: "Are the Go modules within reach from here? A proxy of your own is used when `go env GOPROXY` names it.",
        });
      });
    },
    paths: async () => ({ [tool.name]: await binary() }),
    leaves: async () => [await binary()],
  };
}

/**
 * Where the binary belongs; undefined when there is no Go.
 *
 * @param {GoTool} tool
 * @param {readonly string[]} flags
 */
async function nameLocation(tool, flags) {
  const { code, output } = await run("go", ["env", "GOVERSION"], { cwd: tool.module });
  if (code !== 0) return undefined;
  const sources = readdirSync(tool.module).filter((name) => name.endsWith(".go"));
  const read = ["go.mod", "go.sum", ...sources.sort()].map((name) => readFileSync(join(tool.module, name), "utf8"));
  const hash = hashOf([...read, ...flags, output.trim()]);
  return join(cacheDirectory, `${tool.name}-${hash.slice(0, 8)}`, tool.name);
}

/**
 * Kubernetes' programs learn their version from the linker, and refuse to work together without one. Its libraries of
 * version 0.36.3 are those of Kubernetes 1.36.3.
 *
 * @param {string} module whose go.mod asks for such a library
 */
function kubernetesVersion(module) {
  const asked = readFileSync(join(module, "go.mod"), "utf8").match(/^\tk8s\.io\/component-base v0\.(\d+)\.(\d+)$/m);
  if (asked === null) throw new Error(`${module}/go.mod asks for no k8s.io/component-base`);
  const [, minor, patch] = asked;
  const values = { gitVersion: `v1.${minor}.${patch}`, gitMajor: "1", gitMinor: minor };
  return Object.entries(values)
    .map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)
    .join(" ");
}
