import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { METRICS, type MetricDefinition } from "../../../src/telemetry/metric-definitions.ts";
import { Metrics } from "../../../src/telemetry/metrics.ts";
import { NO_FACTS } from "../../support/scraped-facts.ts";

const page = readFileSync(new URL("../../../docs/metrics.md", import.meta.url), "utf8");
const definitions: readonly MetricDefinition[] = Object.values(METRICS);

test("docs/metrics.md says of every metric what the code says, and of no other", async () => {
  for (const { name, type, labels, help } of definitions) {
    const row = `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(", ")} | ${help} |`;
    assert.ok(page.includes(row), `docs/metrics.md lacks the row\n${row}`);
  }
  using metrics = new Metrics(() => NO_FACTS, "1.0.0");
  const all = await metrics.registry.getMetricsAsJSON();
  const own = new Set(definitions.map(({ name }) => name));
  for (const { name, type, help } of all.filter((metric) => !own.has(metric.name))) {
    const row = `| \`${name}\` | ${type} | ${help} |`;
    assert.ok(page.includes(row), `docs/metrics.md lacks the row\n${row}`);
  }
  const known = new Set(all.map(({ name }) => name));
  const named = [...page.matchAll(/\b(?:landbridge|process|nodejs)_\w+/g)].map(([name]) => name);
  assert.deepEqual(
    named.filter((name) => !known.has(name)),
    [],
  );
});

test("names follow Prometheus' conventions", () => {
  for (const { name, type, help, labels } of definitions) {
    assert.match(name, /^landbridge_[a-z][a-z_]*[a-z]$/);
    assert.match(help, /\.$/);
    assert.equal(name.endsWith("_total"), type === "counter", name);
    if (type === "histogram") assert.match(name, /_seconds$/);
    for (const label of labels) assert.match(label, /^[a-z_]+$/);
  }
});
