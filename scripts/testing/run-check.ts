import type { Check } from "../checks/check.ts";
import { indent, seconds } from "./output.ts";
import type { Results } from "./results.ts";

/** Runs one check and prints its line; a check counts as one test. */
export async function runCheck(check: Check): Promise<Results> {
  const name = `check: ${check.name}`;
  const started = performance.now();
  const complaints = await check.run();
  const took = seconds(performance.now() - started);
  if (complaints.length === 0) {
    console.log(`ok    ${name} (${took})`);
    return { passed: 1, skipped: 0, failures: [] };
  }
  console.log(`FAIL  ${name} (${took})\n${indent(complaints.join("\n"))}`);
  return { passed: 0, skipped: 0, failures: [name] };
}
