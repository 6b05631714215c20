// What npm can't bring. Checked before anything else, so that nobody waits for a download and is turned away then.
import { SetUpFailure } from "./failure.mjs";
import { toolsDirectory } from "./places.mjs";
import { run } from "./process.mjs";

export const python = "python3";

/**
 * @typedef {object} Prerequisite
 * @property {string} name
 * @property {string} why
 * @property {() => Promise<string | undefined>} whatIsWrong undefined when it is there and new enough
 * @property {string} debian the command that installs it on Debian and Ubuntu
 * @property {string} macos the same on macOS
 */

/** @type {Record<"python" | "go", Prerequisite>} */
export const prerequisites = {
  python: {
    name: "Python 3.10 or later with pip",
    why: "downloads Envoy and the types of its API, and runs schemathesis in the tests",
    debian: "sudo apt install python3 python3-pip",
    macos: "brew install python",
    async whatIsWrong() {
      const found = await run(python, ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"]);
      if (found.code !== 0) return `there is no \`${python}\` on the PATH`;
      if (!isAtLeast(found.output, 3, 10)) return `\`${python}\` is version ${found.output.trim()}`;
      const pip = await run(python, ["-m", "pip", "--version"]);
      return pip.code === 0 ? undefined : `\`${python}\` has no pip`;
    },
  },
  go: {
    name: "Go 1.26 or later",
    why: "builds what the tests use: kubectl, and vegeta, which counts every failed request",
    // Any Go since 1.21 fetches the version that tools/go.mod asks for, unless GOTOOLCHAIN=local forbids it.
    debian: "sudo apt install -t $(. /etc/os-release; echo $VERSION_CODENAME)-backports golang-go",
    macos: "brew install go",
    async whatIsWrong() {
      const found = await run("go", ["env", "GOVERSION"], { cwd: toolsDirectory });
      if (found.code === null) return "there is no `go` on the PATH";
      if (found.code !== 0) return `\`go\` says: ${found.output.trim()}`;
      return isAtLeast(found.output.replace(/^go/, ""), 1, 26) ? undefined : `\`go\` is version ${found.output.trim()}`;
    },
  },
};

/** @param {Iterable<keyof typeof prerequisites>} needed */
export async function checkPrerequisites(needed) {
  /** @type {string[]} */
  const missing = [];
  for (const key of new Set(needed)) {
    const { name, why, debian, macos, whatIsWrong } = prerequisites[key];
    const problem = await whatIsWrong();
    if (problem === undefined) continue;
    missing.push(`${name} is needed (it ${why}), but ${problem}.\n  Debian:  ${debian}\n  macOS:   ${macos}`);
  }
  if (missing.length > 0) throw new SetUpFailure(missing.join("\n"));
}

/**
 * @param {string} version as in "3.11" or "1.26.8"
 * @param {number} major
 * @param {number} minor
 */
function isAtLeast(version, major, minor) {
  const [a = 0, b = 0] = version
    .trim()
    .split(".")
    .map((part) => Number.parseInt(part, 10));
  return a > major || (a === major && b >= minor);
}
