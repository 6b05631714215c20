/** A change in a file, until it is seen through Envoy: the whole of Landbridge, with 3000 hosts. */
import { setTimeout as delay } from "node:timers/promises";
import type { Benchmark, BenchmarkOptions } from "../benchmark.ts";
import { hostnameOf } from "../estate/estate.ts";
import { atMost, type Figure, type Target } from "../report/figure.ts";
import { type Sample, sampleOf, single } from "../report/sample.ts";
import { addHost, type ChangeSeries, editRoute, editWildcard, flipSplit, moveEndpoint } from "./changes.ts";
import { measure } from "./measure.ts";
import { prepare, probeOf, type RunningSetting, type Setting, start } from "./setting.ts";

const HOSTS = 3000;

interface Measured {
  readonly name: string;
  readonly series: ChangeSeries;
  /** For the time from the moment the change is read. */
  readonly targets: readonly Target[];
}

const MEASURED: readonly Measured[] = [
  { name: "edit of a route", series: editRoute, targets: [atMost("p50", 4), atMost("p99", 12)] },
  { name: "new host and service", series: addHost, targets: [atMost("p50", 8)] },
  { name: "edit of a wildcard host", series: editWildcard, targets: [] },
  { name: "split flipped", series: flipSplit, targets: [atMost("p50", 3)] },
  { name: "endpoint replaced", series: moveEndpoint, targets: [atMost("p50", 3)] },
];

export const live: Benchmark = {
  name: "live",
  summary: "a change in a file, until it is seen through Envoy, with 3000 hosts",
  async run(options) {
    const setting = await prepare(HOSTS, options);
    options.say(`starting Landbridge with ${HOSTS} hosts`);
    const running = await start(setting, options);
    const memoryAtStart = running.landbridge.rss;
    const figures = [...(await floors(running)), ...(await effects(running, options))];
    await delay(1_000);
    const memory = memoryFigures(running, memoryAtStart);
    await running.landbridge[Symbol.asyncDispose]();
    return [...figures, ...coldStart(running), ...memory];
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

async function effects(setting: RunningSetting, { quick, say }: BenchmarkOptions): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { name, series, targets } of MEASURED) {
    say(name);
    const { fromRename, fromRead } = await measure(setting, series, quick ? 60 : 180);
    if (fromRead) figures.push(figure(`${name}, from read`, fromRead, targets));
    figures.push(figure(`${name}, from rename`, fromRename, []));
  }
  return figures;
}

function figure(name: string, sample: Sample, targets: readonly Target[]): Figure {
  return { name, unit: "ms", sample, ...(targets.length > 0 && { targets }) };
}

function coldStart({ coldStart: milliseconds }: RunningSetting): Figure[] {
  return [{ name: "cold start -> first 200", unit: "s", sample: single(milliseconds / 1000) }];
}

function memoryFigures({ landbridge }: RunningSetting, atStart: number): Figure[] {
  const { rss, envoyRss } = landbridge;
  return [
    { name: "control plane RSS, started", unit: "MiB", sample: single(atStart), targets: [atMost("p50", 250)] },
    { name: "control plane RSS, after the edits", unit: "MiB", sample: single(rss), targets: [atMost("p50", 250)] },
    { name: "Envoy RSS", unit: "MiB", sample: single(envoyRss) },
  ];
}
