/** No request fails, whatever moves: a whole shift of one service, and thousands of random edits. */
import { setTimeout as delay } from "node:timers/promises";
import type { Benchmark, BenchmarkOptions } from "../benchmark.ts";
import { hostnameOf, hostPath, hostText, namespaceOf } from "../estate/estate.ts";
import { prepare, type RunningSetting, start } from "../live/setting.ts";
import { atMost, type Figure } from "../report/figure.ts";
import { single } from "../report/sample.ts";
import { Load, type LoadResult } from "./load.ts";
import { RandomEdits } from "./random-edits.ts";

const HOSTS = 300;
const LOADED = 60;
const SHARES = [1, 5, 25, 50, 75, 100, 75, 50, 25, 5, 1, 0];
const EDITS_PER_SECOND = 80;

export const loss: Benchmark = {
  name: "loss",
  summary: "requests that fail during a shift and during 10,000 random edits, under exact open-loop load",
  async run(options) {
    const running = await start(await prepare(HOSTS, options), options);
    const figures = [await shift(running, options), await edits(running, options)];
    const problems = await running.landbridge.problems();
    if (problems.length > 0) throw new Error(`the edits were not all valid: ${problems.slice(0, 3).join("; ")}`);
    return figures;
  },
};

/** One service from its old platform to the new one and back. */
async function shift(running: RunningSetting, { quick, say, resources }: BenchmarkOptions): Promise<Figure> {
  const { scratch, ports, landbridge } = running;
  const perSecond = quick ? 500 : 1_000;
  say(`a shift 0 -> 100 -> 0 under ${perSecond} requests a second`);
  const load = resources.use(new Load(scratch.directory, ports.gateway, [hostnameOf(0)], perSecond));
  await delay(500);
  for (const share of SHARES) {
    scratch.replace(hostPath(0), hostText(0, ["/app"], share));
    await landbridge.servesSplit(namespaceOf(0), "shop-0", [100 - share, share]);
    await delay(quick ? 200 : 1_000);
  }
  return failures("failed requests, shift 0 -> 100 -> 0", await load.stop(), `${SHARES.length} steps`);
}

/** Edits come at a steady rate, whether or not Envoy has acknowledged the one before. */
async function edits(running: RunningSetting, { quick, say, resources }: BenchmarkOptions): Promise<Figure> {
  const { scratch, ports } = running;
  const count = quick ? 1_000 : 10_000;
  say(`${count} random edits`);
  const hostnames = Array.from({ length: LOADED }, (_, index) => hostnameOf(index * (HOSTS / LOADED)));
  const load = resources.use(new Load(scratch.directory, ports.gateway, hostnames, 500));
  const random = new RandomEdits(running);
  const started = performance.now();
  for (let index = 0; index < count; index++) {
    random.next();
    const due = started + ((index + 1) * 1_000) / EDITS_PER_SECOND;
    await delay(Math.max(0, due - performance.now()));
  }
  await delay(1_000);
  const name = `failed requests, ${count} random edits`;
  return failures(
    name,
    await load.stop(),
    `${EDITS_PER_SECOND} edits a second on ${HOSTS} hosts, ${LOADED} of them loaded`,
  );
}

function failures(name: string, { requests, failed, codes, errors, p99 }: LoadResult, note: string): Figure {
  const what = failed > 0 ? `; answers ${JSON.stringify(codes)} ${errors.slice(0, 3).join("; ")}` : "";
  return {
    name,
    unit: "count",
    sample: single(failed),
    targets: [atMost("max", 0)],
    note: `of ${requests} requests, each on a connection of its own, p99 ${p99.toFixed(1)} ms; ${note}${what}`,
  };
}
