/** What README promises, done as it stands there: its commands in their order, with the output that it shows. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "node:test";
import { matches, readTour, type TourStep } from "../support/console-tour.ts";
import { Demo } from "../support/demo.ts";
import { waitFor } from "../support/wait-for.ts";

const README = resolve(import.meta.dirname, "../../README.md");
/** A change is live in milliseconds, but a reader takes longer to type than a script does. */
const PATIENCE_MS = 10_000;

test("the tour of README does what README says", async () => {
  await using demo = await Demo.make();
  demo.start();
  await demo.untilReady();
  const steps = readTour(demo.withOwnPorts(readFileSync(README, "utf8")));
  assert.ok(steps.length >= 10, `README has ${steps.length} commands`);
  for (const step of steps) await take(step, demo.root);
  demo.interrupt();
  assert.equal((await demo.exit()).code, 0);
});

test("a page's commands are found, and their output is compared", () => {
  const page =
    "# Page\n\n<!-- tour -->\n```console\n$ echo a\na\n$ true\n$ ls\n...\nb ... d\n```\n\n```console\n$ no\n```\n";
  const [echo, silent, ls, ...more] = readTour(page);
  assert.deepEqual(echo, { command: "echo a", expected: ["a"], line: 5 });
  assert.deepEqual(silent, { command: "true", expected: [], line: 7 });
  assert.equal(more.length, 0);
  assert.ok(echo && matches(echo, "a\n") && !matches(echo, "ab\n") && !matches(echo, "a\nb\n"));
  assert.ok(ls && matches(ls, "x\ny\nb c d\n") && matches(ls, "b  d\n") && !matches(ls, "b c\n"));
});

async function take(step: TourStep, cwd: string): Promise<void> {
  let printed = await run(step.command, cwd);
  if (matches(step, printed)) return;
  const again = async () => {
    printed = await run(step.command, cwd);
    return matches(step, printed);
  };
  const wanted = `README.md:${step.line}: $ ${step.command}\n${step.expected.join("\n")}\n`;
  await waitFor(wanted, again, { boundMs: PATIENCE_MS, last: () => printed });
}

/** What it prints, its errors among the rest, as in a terminal. */
function run(command: string, cwd: string): Promise<string> {
  const { LANDBRIDGE_STATE_DIR: _, ...env } = process.env;
  return new Promise((done) => {
    execFile("bash", ["-c", `${command} 2>&1`], { cwd, env: { ...env, NO_COLOR: "1" } }, (_error, out) => done(out));
  });
}
