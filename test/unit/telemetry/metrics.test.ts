import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { register } from "prom-client";
import { Metrics, type ScrapedFacts } from "../../../src/telemetry/metrics.ts";
import { NO_FACTS } from "../../support/scraped-facts.ts";

/** The samples of a text by their names with labels, as Prometheus reads them. */
function samples(text: string): Map<string, number> {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => {
      const [, name = "", value = ""] =
        /^([a-z_0-9]+(?:\{.*\})?) (\S+)$/.exec(line) ?? assert.fail(`no sample: ${line}`);
      return [name, Number(value)];
    }),
  );
}

async function read(metrics: Metrics): Promise<Map<string, number>> {
  return samples(await metrics.text());
}

test("what happens is counted under its labels", async () => {
  using metrics = new Metrics(() => NO_FACTS, "1.2.3");
  metrics.apiRequest({ verb: "get", resource: "httproutes", code: 200, seconds: 0.003 });
  metrics.apiRequest({ verb: "get", resource: "httproutes", code: 200, seconds: 0.3 });
  metrics.apiRequest({ verb: "watch", resource: "secrets", code: 200, seconds: 3000 });
  metrics.apiRequest({ verb: "get", resource: "", code: 404, seconds: 0.001 });
  metrics.watchEvents(3);
  metrics.authenticationRefused();
  metrics.auditEntry("written");
  metrics.storeWrite({ objects: 2, outcome: "committed", seconds: 0.004 });
  metrics.storeWrite({ objects: 1, outcome: "conflict", seconds: 0.001 });
  metrics.compiled({ seconds: 0.002, recomputed: 17 });
  metrics.changeEnded("api", "live", 0.006);
  metrics.changeEnded("directory", "dropped", 700);
  metrics.pushed("Cluster", 4);
  metrics.acknowledged("Cluster", 3);
  metrics.refused("Listener");
  const found = await read(metrics);
  const expected = {
    'landbridge_api_requests_total{verb="get",resource="httproutes",code="200"}': 2,
    'landbridge_api_requests_total{verb="watch",resource="secrets",code="200"}': 1,
    'landbridge_api_requests_total{verb="get",resource="",code="404"}': 1,
    'landbridge_api_request_duration_seconds_count{verb="get",resource="httproutes"}': 2,
    'landbridge_api_request_duration_seconds_bucket{le="0.005",verb="get",resource="httproutes"}': 1,
    landbridge_api_watch_events_total: 3,
    landbridge_api_authentication_refusals_total: 1,
    'landbridge_audit_entries_total{outcome="written"}': 1,
    'landbridge_store_writes_total{outcome="committed"}': 2,
    'landbridge_store_writes_total{outcome="conflict"}': 1,
    landbridge_store_commit_duration_seconds_count: 1,
    landbridge_compile_duration_seconds_count: 1,
    landbridge_compile_recomputed_total: 17,
    'landbridge_changes_total{source="api",outcome="live"}': 1,
    'landbridge_changes_total{source="directory",outcome="dropped"}': 1,
    'landbridge_change_live_duration_seconds_count{source="api"}': 1,
    'landbridge_xds_pushes_total{type="Cluster"}': 4,
    'landbridge_xds_acknowledgements_total{type="Cluster"}': 3,
    'landbridge_xds_refusals_total{type="Listener"}': 1,
    [`landbridge_build_info{version="1.2.3",node_version="${process.version}"}`]: 1,
  };
  for (const [name, value] of Object.entries(expected)) assert.equal(found.get(name), value, name);
  const durations = [...found.keys()].filter((name) => name.includes("duration") && name.includes('"watch"'));
  assert.deepEqual(durations, [], "a watch is meant to last");
});

test("what is there now is looked up at each reading, and what is gone is gone", async () => {
  let facts: ScrapedFacts = {
    objects: [
      { kind: "HTTPRoute", source: "store" },
      { kind: "HTTPRoute", source: "store" },
      { kind: "Secret", source: "directory" },
    ],
    problems: [{ severity: "error" }, { severity: "warning" }, { severity: "warning" }],
    connectedProxies: 2,
    openWatches: 7,
    pendingChanges: 1,
    sourceUpdates: [{ source: "directory", at: 5_000 }],
  };
  using metrics = new Metrics(() => facts, "1.0.0");
  const full = await read(metrics);
  assert.equal(full.get('landbridge_objects{kind="HTTPRoute",source="store"}'), 2);
  assert.equal(full.get('landbridge_objects{kind="Secret",source="directory"}'), 1);
  assert.equal(full.get('landbridge_problems{severity="warning"}'), 2);
  assert.equal(full.get("landbridge_connected_proxies"), 2);
  assert.equal(full.get("landbridge_api_watches"), 7);
  assert.equal(full.get("landbridge_changes_pending"), 1);
  assert.equal(full.get('landbridge_source_last_update_timestamp_seconds{source="directory"}'), 5);
  facts = NO_FACTS;
  const empty = await read(metrics);
  assert.equal(empty.get('landbridge_objects{kind="Secret",source="directory"}'), undefined);
  assert.equal(
    empty.get('landbridge_problems{severity="error"}'),
    0,
    "so that an alert on it has something to compare",
  );
});

test("whatever clients ask for and objects are called, there are no more series", async () => {
  using metrics = new Metrics(() => NO_FACTS, "1.0.0");
  const anything = fc.oneof(fc.string(), fc.constantFrom("get", "httproutes", "__proto__", 'a"b\nc', "Cluster"));
  fc.assert(
    fc.property(anything, anything, fc.double(), (verb, word, code) => {
      metrics.apiRequest({ verb, resource: word, code, seconds: 0.1 });
      metrics.pushed(word);
      metrics.changeEnded(word, "live", 1);
    }),
    { numRuns: 2000 },
  );
  const text = await metrics.text();
  const labels = new Set([...text.matchAll(/(?:verb|resource|type|source)="([^"]*)"/g)].map(([, value]) => value));
  assert.deepEqual([...labels].sort(), ["", "Cluster", "get", "httproutes", "other"]);
  samples(text);
});

test("two control planes in one process count for themselves, and nothing is global", async () => {
  using one = new Metrics(() => NO_FACTS, "1.0.0");
  using other = new Metrics(() => NO_FACTS, "1.0.0");
  one.authenticationRefused();
  assert.equal((await read(one)).get("landbridge_api_authentication_refusals_total"), 1);
  assert.equal((await read(other)).get("landbridge_api_authentication_refusals_total"), 0);
  assert.deepEqual(await register.getMetricsAsJSON(), []);
});

test("the process tells of its memory, its CPU time and how late its event loop is", async () => {
  using metrics = new Metrics(() => NO_FACTS, "1.0.0");
  const idle = await read(metrics);
  assert.ok((idle.get("process_resident_memory_bytes") ?? 0) > 10_000_000);
  assert.ok(Math.abs((idle.get("process_start_time_seconds") ?? 0) - performance.timeOrigin / 1000) < 5);
  for (let look = 0; look < 4; look++) {
    const until = performance.now() + 150;
    while (performance.now() < until) Math.sqrt(until);
    await turn();
  }
  const busy = await read(metrics);
  assert.ok((busy.get("nodejs_eventloop_lag_max_seconds") ?? 0) > 0.08);
  assert.ok((busy.get("process_cpu_seconds_total") ?? 0) > (idle.get("process_cpu_seconds_total") ?? 0));
});
