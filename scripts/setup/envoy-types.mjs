// TypeScript types and encoders for Envoy's API, in src/gen (see docs/decisions/0003-types-from-python-descriptors.md).
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { hashOf, makeCacheEntry, readJson } from "./files.mjs";
import { cacheDirectory, root, stateDirectory } from "./places.mjs";
import { python } from "./prerequisites.mjs";
import { mustRun } from "./process.mjs";
import { everyPurpose } from "./step.mjs";
import { unpackWheel } from "./wheel.mjs";

const sources = join(root, "scripts/setup/envoy-types");
const roots = join(sources, "roots.json");
const writer = join(sources, "descriptors.py");
const template = join(sources, "buf.gen.yaml");
const pins = readJson(join(root, "scripts/setup/pins.json")).envoyTypes;
const generated = join(root, "src/gen");
const stampFile = join(generated, "stamp");

const descriptorsHash = hashOf([JSON.stringify(pins), readFileSync(roots, "utf8"), readFileSync(writer, "utf8")]);
const entry = `envoy-api-${descriptorsHash.slice(0, 8)}`;
const descriptors = join(cacheDirectory, entry, "descriptors.binpb");

/** @type {import("./step.mjs").Step} */
export const envoyTypes = {
  title: "types of Envoy's API",
  for: everyPurpose,
  isDone: async () => existsSync(stampFile) && readFileSync(stampFile, "utf8") === wantedStamp(),
  needs: async () => (existsSync(descriptors) ? [] : ["python"]),
  async run(report) {
    if (!existsSync(descriptors)) {
      report("downloading Envoy's API from PyPI: 2 MB, once for all clones");
      await makeCacheEntry(entry, writeDescriptors);
    }
    report("generating src/gen");
    await generate();
  },
  paths: async () => ({}),
  leaves: async () => [stampFile],
};

function wantedStamp() {
  const locked = readJson(join(root, "package-lock.json")).packages;
  const tools = ["@bufbuild/buf", "@bufbuild/protoc-gen-es"].map((name) => locked[`node_modules/${name}`].version);
  return hashOf([descriptorsHash, readFileSync(template, "utf8"), ...tools]);
}

/** @param {string} folder */
async function writeDescriptors(folder) {
  const modules = join(folder, "python");
  for (const [name, pin] of Object.entries(pins)) await unpackWheel({ name, ...pin }, modules);
  const env = { ...process.env, PYTHONPATH: modules, PYTHONDONTWRITEBYTECODE: "1" };
  await mustRun(python, [writer, roots, join(folder, "descriptors.binpb")], { env });
  rmSync(modules, { recursive: true });
}

async function generate() {
  const fresh = join(stateDirectory, "gen");
  const old = join(stateDirectory, "gen.old");
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  const bin = join(root, "node_modules/.bin");
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ""}` };
  // The well-known types come with @bufbuild/protobuf.
  const args = [descriptors, "--exclude-path", "google/protobuf", "--template", template, "--output", fresh];
  await mustRun(join(bin, "buf"), ["generate", ...args], { env });
  writeFileSync(join(fresh, "stamp"), wantedStamp());
  rmSync(old, { recursive: true, force: true });
  if (existsSync(generated)) renameSync(generated, old);
  renameSync(fresh, generated);
  rmSync(old, { recursive: true, force: true });
}
