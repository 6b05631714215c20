// Holds every promise of the repository: the checks, then the tests. `npm test [-- part-of-a-name ...]`
import { checks } from "./testing/check-list.ts";
import { addCounts, noResults, type Results, renderSummary } from "./testing/results.ts";
import { runCheck } from "./testing/run-check.ts";
import { runTests } from "./testing/run-tests.ts";
import { findTestFiles } from "./testing/test-files.ts";

const filters = process.argv.slice(2).filter((argument) => argument !== "--");
const isWanted = (name: string) => filters.length === 0 || filters.some((filter) => name.includes(filter));

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => stop.abort());

let results: Results = noResults;
for (const check of checks.filter(({ name }) => isWanted(`check: ${name}`))) {
  if (!stop.signal.aborted) results = addCounts(results, await runCheck(check));
}
const { parallel, alone } = await findTestFiles(isWanted);
results = addCounts(results, await runTests(parallel, { concurrency: 2, signal: stop.signal }));
results = addCounts(results, await runTests(alone, { concurrency: 1, signal: stop.signal }));

if (stop.signal.aborted) {
  console.log("\ninterrupted");
  process.exit(130);
}
if (results.passed + results.failures.length + results.skipped === 0) {
  console.log(`no check and no test has ${filters.map((filter) => `"${filter}"`).join(" or ")} in its name`);
  process.exit(1);
}
console.log(renderSummary(results));
process.exit(results.failures.length > 0 ? 1 : 0);
