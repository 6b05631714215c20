// The npm packages of package-lock.json, among them Node 24 itself (see docs/decisions/0002-node-from-npm.md).
import { existsSync } from "node:fs";
import { join } from "node:path";
import { SetUpFailure } from "./failure.mjs";
import { readJson } from "./files.mjs";
import { root } from "./places.mjs";
import { mustRun, run } from "./process.mjs";
import { everyPurpose } from "./step.mjs";

/** npm writes this when it has finished: what really lies in node_modules. */
const installed = join(root, "node_modules/.package-lock.json");
const bundledNode = join(root, "node_modules/.bin/node");
const oldestNode = 24;

/** @type {import("./step.mjs").Step} */
export const npmPackages = {
  title: "npm packages",
  for: everyPurpose,
  isDone: async () => isInstalled(),
  needs: async () => [],
  async run(report) {
    const before = manifestMismatch();
    if (before !== undefined) {
      throw new SetUpFailure(
        `package-lock.json doesn't fit package.json (${before}): run \`npm install\`, then this again`,
      );
    }
    report("npm ci: about 500 MB on disk, once");
    // No install script has to run: what is platform-specific comes as a package for the platform.
    await mustRun("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
    if (!isInstalled())
      throw new SetUpFailure("npm ci ended well, but node_modules doesn't hold what package-lock.json says");
    await findNode();
  },
  paths: async () => ({ node: await findNode() }),
  leaves: async () => [installed],
};

function isInstalled() {
  if (!existsSync(installed) || manifestMismatch() !== undefined) return false;
  const wanted = readJson(join(root, "package-lock.json")).packages;
  const present = readJson(installed).packages;
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === "") continue;
    // Optional packages for other platforms stay out.
    if (present[path] === undefined ? !entry.optional : present[path].version !== entry.version) return false;
  }
  return Object.keys(present).every((path) => wanted[path] !== undefined);
}

/** The first dependency that package.json asks for and the lock file doesn't have so, in words. */
function manifestMismatch() {
  const manifest = readJson(join(root, "package.json"));
  const locked = readJson(join(root, "package-lock.json")).packages[""];
  for (const group of ["dependencies", "devDependencies", "optionalDependencies"]) {
    const asked = manifest[group] ?? {};
    const had = locked[group] ?? {};
    for (const name of new Set([...Object.keys(asked), ...Object.keys(had)])) {
      if (asked[name] !== had[name]) return `${name}: ${asked[name] ?? "nothing"} against ${had[name] ?? "nothing"}`;
    }
  }
  return undefined;
}

/** Node 24: the one from npm or, where npm has none for the platform, the one that runs this. */
async function findNode() {
  if (existsSync(bundledNode)) {
    const { code, output } = await run(bundledNode, ["--version"]);
    if (code === 0) return bundledNode;
    if (Number.parseInt(process.versions.node, 10) < oldestNode) {
      throw new SetUpFailure(
        `the Node from npm doesn't run here (${output.trim()}); start this with Node ${oldestNode} or later`,
      );
    }
  }
  if (Number.parseInt(process.versions.node, 10) >= oldestNode) return process.execPath;
  throw new SetUpFailure(
    `npm has no Node ${oldestNode} for ${process.platform}-${process.arch} (or optional packages are switched off: ` +
      `\`npm config get omit\`), and this is Node ${process.versions.node}. ` +
      `Install Node ${oldestNode} from your system's packages and run this again.`,
  );
}
