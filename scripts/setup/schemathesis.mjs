// schemathesis, which makes requests up from an API's own OpenAPI document and checks the answers: from PyPI, by hash.
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SetUpFailure } from "./failure.mjs";
import { hashOf, makeCacheEntry } from "./files.mjs";
import { cacheDirectory, root } from "./places.mjs";
import { python } from "./prerequisites.mjs";
import { mustRun, run } from "./process.mjs";

const requirements = join(root, "scripts/setup/schemathesis-requirements.txt");
const packages = "site-packages";

/** @type {Promise<{ interpreter: string, entry: string } | undefined> | undefined} */
let place;

/** @type {import("./step.mjs").Step} */
export const schemathesis = {
  title: "schemathesis",
  for: ["test"],
  async isDone() {
    const found = await findPlace();
    return found !== undefined && existsSync(launcherIn(found.entry));
  },
  needs: async () => ["python"],
  async run(report) {
    const { interpreter, entry } = await mustFindPlace();
    report("downloading it and what it needs from PyPI: 13 MB, 70 on disk, once for all clones");
    await makeCacheEntry(entry, async (folder) => {
      // pip of the Python on the PATH, as the one behind it may have none where that is a virtual environment. And not
      // into an environment of its own: that can't be made where Python comes without ensurepip, and can't be moved.
      const exact = ["--require-hashes", "--no-deps", "--only-binary=:all:", "--requirement", requirements];
      const quiet = ["--quiet", "--disable-pip-version-check", "--no-input", "--progress-bar", "off"];
      await mustRun(python, ["-m", "pip", "install", ...exact, ...quiet, "--target", join(folder, packages)], {
        hint: "Is PyPI within reach from here? An index of your own is used when pip is set up for it (pip config).",
      });
      writeFileSync(join(folder, "schemathesis"), launcher(interpreter));
      chmodSync(join(folder, "schemathesis"), 0o755);
    });
  },
  paths: async () => ({ schemathesis: launcherIn((await mustFindPlace()).entry) }),
  async leaves() {
    const { interpreter, entry } = await mustFindPlace();
    return [launcherIn(entry), interpreter];
  },
};

/** @param {string} entry */
function launcherIn(entry) {
  return join(cacheDirectory, entry, "schemathesis");
}

/** @param {string} interpreter */
function launcher(interpreter) {
  return `#!/bin/sh
# Made by scripts/setup.mjs.
export PYTHONPATH="$(dirname "$0")/${packages}"
exec '${interpreter.replaceAll("'", "'\\''")}' -c 'from schemathesis.cli import schemathesis as run; run()' "$@"
`;
}

function findPlace() {
  place ??= namePlace();
  return place;
}

async function mustFindPlace() {
  const found = await findPlace();
  if (found === undefined) throw new SetUpFailure(`\`${python}\` doesn't say where it is`);
  return found;
}

/**
 * The Python that runs it, and the entry of the cache: packages with compiled parts fit one version of Python only.
 * Undefined when there is no Python.
 */
async function namePlace() {
  const ask = "import os, sys; print(sys.version, os.path.realpath(sys.executable), sep='\\0')";
  const { code, output } = await run(python, ["-c", ask]);
  const interpreter = output.split("\0")[1]?.trim();
  if (code !== 0 || !interpreter) return undefined;
  const hash = hashOf([readFileSync(requirements, "utf8"), output.trim()]);
  return { interpreter, entry: `schemathesis-${hash.slice(0, 8)}` };
}
