/**
 * `npm run bench [-- [--quick] [--write] [name...]]`: measures, prints one table, and with --write keeps it in
 * RESULTS.md. Ends with 1 when something could not be measured; a missed target is no failure, it says "short".
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { accuracy } from "./accuracy/accuracy.ts";
import { api } from "./api/api.ts";
import type { Benchmark } from "./benchmark.ts";
import { compile } from "./compile/compile.ts";
import { acknowledgement } from "./live/acknowledgement.ts";
import { live } from "./live/live.ts";
import { loss } from "./loss/loss.ts";
import type { Figure } from "./report/figure.ts";
import { machineLines } from "./report/machine.ts";
import { resultsPage } from "./report/results-page.ts";
import { notes, table } from "./report/table.ts";
import { throughput } from "./throughput/throughput.ts";

const BENCHMARKS: readonly Benchmark[] = [compile, live, acknowledgement, api, loss, accuracy, throughput];

const RESULTS = new URL("./RESULTS.md", import.meta.url);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: "boolean", default: false }, write: { type: "boolean", default: false } },
});
const chosen = positionals.length === 0 ? BENCHMARKS : BENCHMARKS.filter(({ name }) => positionals.includes(name));
if (chosen.length < positionals.length) {
  console.error(`known: ${BENCHMARKS.map(({ name, summary }) => `\n  ${name.padEnd(12)}${summary}`).join("")}`);
  process.exit(2);
}

const resources = new AsyncDisposableStack();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, async () => {
    await resources.disposeAsync();
    process.exit(130);
  });
}

const results: [name: string, figures: readonly Figure[]][] = [];
for (const { name, run } of chosen) {
  const started = performance.now();
  const seconds = () => `${((performance.now() - started) / 1000).toFixed(0)} s`.padStart(5);
  const say = (text: string) => console.error(`${seconds()}  ${name}: ${text}`);
  await using own = new AsyncDisposableStack();
  resources.use(own);
  results.push([name, await run({ quick: values.quick, say, resources: own })]);
}
for (const [name, figures] of results) {
  console.log(`\n${name}\n${table(figures)}`);
  for (const note of notes(figures)) console.log(`  ${note}`);
}
console.log(`\n${machineLines().join("\n")}`);
if (values.write) writeFileSync(RESULTS, resultsPage(results, machineLines()));
