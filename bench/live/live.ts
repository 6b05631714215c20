/** A change in a file, until it is seen through Envoy: the whole of Landbridge, with 3000 hosts. */
import { setTimeout as delay } from "node:timers/promises";
import type { Benchmark, BenchmarkOptions } from "../benchmark.ts";
import { hostnameOf } from "../estate/estate.ts";
import { atLeast, atMost, type Figure, type Target } from "../report/figure.ts";
import { type Sample, sampleOf, single } from "../report/sample.ts";
import { addHost, type ChangeSeries, editRoute, editWildcard, flipSplit, moveEndpoint } from "./changes.ts";
import { type FlatTimes, flatTable } from "./flat-table.ts";
import { measure } from "./measure.ts";
import { prepare, probeOf, type RunningSetting, type Setting, start } from "./setting.ts";

const HOSTS = 3000;
/** Before memory at rest is looked at: collectors give back what they hold when there is nothing else to do. */
const REST_MS = 10_000;

interface Measured {
  readonly name: string;
  readonly series: ChangeSeries;
  /** For the time from the moment the change is read. */
  readonly targets: readonly Target[];
  readonly note?: string;
}

const MEASURED: readonly Measured[] = [
  {
    name: "edit of a route",
    series: editRoute,
    targets: [atMost("p50", 4), atMost("p99", 12)],
    note:
      "from read: since the control plane opened the new file; from rename: since it was put in place; both until the " +
      "probe, which asks without a pause on a connection of its own, has the first 200. The flat table holds the same " +
      "virtual hosts in one RouteConfiguration behind the same source, parser and compiler",
  },
  { name: "new host and service", series: addHost, targets: [atMost("p50", 8)] },
  { name: "edit of a wildcard host", series: editWildcard, targets: [] },
  { name: "split flipped", series: flipSplit, targets: [atMost("p50", 3)] },
  {
    name: "endpoint replaced",
    series: moveEndpoint,
    targets: [atMost("p50", 3)],
    note:
      "by an edit of a Static platform that lists 100 services, until another origin answers; what Envoy's " +
      "acknowledgement alone takes is under ack",
  },
];

export const live: Benchmark = {
  name: "live",
  summary: "a change in a file, until it is seen through Envoy, with 3000 hosts",
  async run(options) {
    const setting = await prepare(HOSTS, options);
    options.say(`starting Landbridge with ${HOSTS} hosts`);
    const running = await start(setting, options);
    const memoryAtStart = running.landbridge.rss;
    const probes = await floors(running);
    const measured = await effects(running, options);
    const memory = await memoryFigures(running, memoryAtStart);
    await running.landbridge[Symbol.asyncDispose]();
    const flat = await flatTable(setting, options);
    return [...probes, ...measured.map((each) => figureOf(each, flat)), ...coldStart(running), ...memory];
  },
};

/** What the probe itself takes: a request to Envoy answered by it, and one answered by an origin behind it. */
async function floors(setting: Setting): Promise<Figure[]> {
  const probe = probeOf(setting, hostnameOf(1), "/app");
  const floor = async (of: typeof probe) => sampleOf(await setting.prober.call("floor", { probe: of, count: 1_000 }));
  await floor(probe);
  return [
    { name: "probe: a 404 by Envoy", unit: "ms", sample: await floor({ ...probe, path: "/nowhere" }) },
    { name: "probe: a 200 through Envoy", unit: "ms", sample: await floor(probe) },
  ];
}

interface Effect extends Measured {
  readonly from: "rename" | "read";
  readonly sample: Sample;
}

async function effects(setting: RunningSetting, { quick, say }: BenchmarkOptions): Promise<Effect[]> {
  const found: Effect[] = [];
  for (const measured of MEASURED) {
    say(measured.name);
    const { fromRename, fromRead } = await measure(setting, measured.series, quick ? 60 : 180);
    if (fromRead) found.push({ ...measured, from: "read", sample: fromRead });
    found.push({ ...measured, from: "rename", sample: fromRename });
  }
  return found;
}

/** Targets are for the time from the read; the baseline is compared from the rename, which both have alike. */
function figureOf({ name, series, targets, note, from, sample }: Effect, flat: FlatTimes): Figure {
  const baseline = from === "rename" ? flat.get(series) : undefined;
  const bounds = [
    ...(from === "read" ? targets : []),
    ...(baseline && series === editRoute ? [atLeast("ratio", 8)] : []),
  ];
  return {
    name: `${name}, from ${from}`,
    unit: "ms",
    sample,
    ...(bounds.length > 0 && { targets: bounds }),
    ...(note && from === "read" && { note }),
    ...(baseline && { baseline: { name: "flat table", value: baseline.p50 } }),
  };
}

function coldStart({ coldStart: milliseconds }: RunningSetting): Figure[] {
  return [{ name: "cold start -> first 200", unit: "s", sample: single(milliseconds / 1000) }];
}

async function memoryFigures({ landbridge }: RunningSetting, atStart: number): Promise<Figure[]> {
  const afterEdits = landbridge.rss;
  await delay(REST_MS);
  const figure = (when: string, megabytes: number): Figure => {
    const targets = [atMost("p50", 250)];
    return { name: `control plane RSS, ${when}`, unit: "MB", sample: single(megabytes), targets };
  };
  return [
    figure("just ready", atStart),
    figure("right after the edits", afterEdits),
    figure(`after ${REST_MS / 1000} s of rest`, landbridge.rss),
    { name: "Envoy RSS", unit: "MB", sample: single(landbridge.envoyRss) },
  ];
}
