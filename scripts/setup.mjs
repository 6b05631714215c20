// Gets everything in place that Landbridge needs on this machine: `node scripts/setup.mjs --for start|test|bench`.
// Plain JavaScript for Node 18 and later, without any dependency: it runs before there are any.
// Safe to repeat and to interrupt. When nothing is to be done it ends at once and prints nothing.
import { SetUpFailure } from "./setup/failure.mjs";
import { isReady } from "./setup/ready.mjs";

const [flag, purpose, ...rest] = process.argv.slice(2);
if (flag !== "--for" || (purpose !== "start" && purpose !== "test" && purpose !== "bench") || rest.length > 0) {
  console.error("usage: node scripts/setup.mjs --for start|test|bench");
  process.exit(2);
}

try {
  if (!isReady(purpose)) {
    const { setUp } = await import("./setup/set-up.mjs");
    await setUp(purpose);
  }
} catch (error) {
  if (!(error instanceof SetUpFailure)) throw error;
  console.error(`\nset-up: ${error.message}`);
  process.exitCode = 1;
}
