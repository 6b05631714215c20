// Runs the steps that are not done yet, in the order of the table.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { demoCertificate, demoCertificateRenewal } from "./demo-certificate.mjs";
import { envoy } from "./envoy.mjs";
import { envoyTypes } from "./envoy-types.mjs";
import { SetUpFailure } from "./failure.mjs";
import { readJson, sweepWorkshop, writeWhole } from "./files.mjs";
import { goTools } from "./go-tools.mjs";
import { takeLock } from "./lock.mjs";
import { npmPackages } from "./npm-packages.mjs";
import { stateDirectory } from "./places.mjs";
import { checkPrerequisites } from "./prerequisites.mjs";
import { stopOnSignals } from "./process.mjs";
import { isReady, writeReady } from "./ready.mjs";
import { schemathesis } from "./schemathesis.mjs";

/** @type {readonly import("./step.mjs").Step[]} */
const steps = [npmPackages, envoy, envoyTypes, demoCertificate, schemathesis, ...goTools];

const oldestNode = 18;
const pathsFile = join(stateDirectory, "paths.json");

/** @param {import("./step.mjs").Purpose} purpose */
export async function setUp(purpose) {
  if (Number.parseInt(process.versions.node, 10) < oldestNode) {
    throw new SetUpFailure(
      `this needs Node ${oldestNode} or later to start with, and this is ${process.versions.node}`,
    );
  }
  const report = (/** @type {string} */ line) => console.log(`set-up: ${line}`);
  const lock = await takeLock(report);
  stopOnSignals({ onChild: lock.recordChild, onEnd: lock.release });
  try {
    // The set-up that this one waited for may have done it all.
    if (isReady(purpose)) return;
    sweepWorkshop();
    await runSteps(
      steps.filter((step) => step.for.includes(purpose)),
      report,
    );
    await record(purpose);
  } finally {
    lock.release();
  }
}

/**
 * @param {readonly import("./step.mjs").Step[]} wanted
 * @param {(line: string) => void} report
 */
async function runSteps(wanted, report) {
  const open = [];
  for (const step of wanted) if (!(await step.isDone())) open.push(step);
  const needs = await Promise.all(open.map((step) => step.needs()));
  await checkPrerequisites(needs.flat());
  for (const step of open) {
    report(step.title);
    const started = Date.now();
    await step.run((line) => report(`  ${line}`));
    report(`  done in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  }
}

/** @param {import("./step.mjs").Purpose} purpose */
async function record(purpose) {
  /** @type {Partial<import("./step.mjs").Paths>} */
  const paths = {};
  // What a set-up for another purpose found stays known.
  if (existsSync(pathsFile)) Object.assign(paths, readJson(pathsFile));
  const leaves = [];
  for (const step of steps) {
    if (!step.for.includes(purpose)) continue;
    Object.assign(paths, await step.paths());
    leaves.push(...(await step.leaves()));
  }
  writeWhole(pathsFile, `${JSON.stringify(paths, null, 2)}\n`);
  writeReady(purpose, leaves, demoCertificateRenewal());
}
