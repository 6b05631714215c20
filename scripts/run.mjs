// Runs a TypeScript file with the Node 24 that set-up found: `node scripts/run.mjs <file.ts> [args]`.
//
// The exit code and the signals pass through. Ctrl-C reaches this process twice, once from the terminal and once from
// npm, which passes it on. So the program gets a process group of its own and hears from here only, once.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
/** Two of the same signal within this time are one wish. */
const sameWishMs = 500;

const [file, ...args] = process.argv.slice(2);
if (file === undefined) {
  console.error("usage: node scripts/run.mjs <file.ts> [args]");
  process.exit(2);
}

const child = spawn(findNode(), [resolve(root, file), ...args], { stdio: "inherit", detached: true });

/** @type {Map<NodeJS.Signals, number>} */
const lastPassedOn = new Map();
/** @type {readonly NodeJS.Signals[]} */
const passedOn = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];
for (const signal of passedOn) {
  process.on(signal, () => {
    const now = performance.now();
    if (now - (lastPassedOn.get(signal) ?? Number.NEGATIVE_INFINITY) < sameWishMs) return;
    lastPassedOn.set(signal, now);
    child.kill(signal);
  });
}

child.on("error", (error) => {
  console.error(`run: ${error.message}; \`npm run setup\` puts things in place`);
  process.exit(1);
});
child.on("exit", (code, signal) => {
  if (code !== null) process.exit(code);
  process.exit(128 + constants.signals[/** @type {NodeJS.Signals} */ (signal)]);
});

function findNode() {
  try {
    return JSON.parse(readFileSync(join(root, ".setup/paths.json"), "utf8")).node;
  } catch {
    console.error("run: Landbridge isn't set up here yet: `npm run setup` does it");
    process.exit(1);
  }
}
