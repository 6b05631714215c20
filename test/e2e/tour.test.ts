/** What README and docs/teams.md promise, done as it stands there: commands in their order, with the output that is shown. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { test } from "node:test";
import { matches, readTour, type TourStep } from "../support/console-tour.ts";
import { Demo } from "../support/demo.ts";
import { setUpProgram } from "../support/set-up-program.ts";
import { waitFor } from "../support/wait-for.ts";

const REPOSITORY = resolve(import.meta.dirname, "../..");
/** A change is live in milliseconds, but a reader takes longer to type than a script does. */
const PATIENCE_MS = 10_000;

for (const page of ["README.md", "docs/teams.md"]) {
  test(`the tour of ${page} does what it says`, async () => {
    await using demo = await Demo.make();
    demo.start();
    await demo.untilReady();
    const steps = readTour(demo.withOwnPorts(readFileSync(resolve(REPOSITORY, page), "utf8")));
    assert.ok(steps.length >= 10, `${page} has ${steps.length} commands`);
    for (const step of steps) await take(page, step, demo.root);
    demo.interrupt();
    assert.equal((await demo.exit()).code, 0);
  });
}

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

async function take(page: string, step: TourStep, cwd: string): Promise<void> {
  let printed = await run(step.command, cwd);
  if (matches(step, printed)) return;
  const again = async () => {
    printed = await run(step.command, cwd);
    return matches(step, printed);
  };
  const wanted = `${page}:${step.line}: $ ${step.command}\n${step.expected.join("\n")}\n`;
  await waitFor(wanted, again, { boundMs: PATIENCE_MS, last: () => printed });
}

/** What it prints, its errors among the rest, as in a terminal. */
function run(command: string, cwd: string): Promise<string> {
  const { LANDBRIDGE_STATE_DIR: _, ...inherited } = process.env;
  const path = `${dirname(setUpProgram("kubectl"))}:${inherited.PATH}`;
  const env = { ...inherited, PATH: path, HOME: cwd, XDG_CONFIG_HOME: cwd };
  return new Promise((done) => {
    execFile("bash", ["-c", `{ ${command}\n} 2>&1`], { cwd, env: { ...env, NO_COLOR: "1" } }, (_error, out) =>
      done(out),
    );
  });
}
