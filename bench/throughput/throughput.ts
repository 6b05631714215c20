/** What our configuration of Envoy costs a request, against an Envoy that does nothing but forward. Needs wrk. */
import { execFile, execFileSync } from "node:child_process";
import { promisify } from "node:util";
import { EnvoyProcess } from "../../test/support/envoy-process.ts";
import { freePort } from "../../test/support/free-port.ts";
import type { Benchmark, BenchmarkOptions } from "../benchmark.ts";
import { hostnameOf, platformOf, platformPath, SERVICES_PER_PLATFORM } from "../estate/estate.ts";
import { prepare, start } from "../live/setting.ts";
import type { Figure } from "../report/figure.ts";
import { sampleOf } from "../report/sample.ts";
import { answeringBootstrap, forwardingBootstrap } from "./bare-envoy.ts";

/** A load generator, found on the PATH. */
const WRK = "wrk";
const CONNECTIONS = 32;

export const throughput: Benchmark = {
  name: "throughput",
  summary: "requests a second and latency through our Envoy, against a bare one (needs wrk)",
  async run(options) {
    if (!hasWrk()) {
      options.say("skipped: wrk isn't installed (a package of most distributions)");
      return [];
    }
    const [originPort, barePort] = [await freePort(), await freePort()];
    await run(options, (adminSocket) => answeringBootstrap(adminSocket, originPort));
    await run(options, (adminSocket) => forwardingBootstrap(adminSocket, barePort, originPort));
    const gateway = await runLandbridge(options, originPort);
    const rounds = options.quick ? 1 : 5;
    const seconds = options.quick ? 2 : 4;
    const [ours, theirs]: [Load[], Load[]] = [[], []];
    for (let round = 0; round <= rounds; round++) {
      options.say(round === 0 ? "warming up" : `round ${round} of ${rounds}`);
      const results = [await load(gateway, round === 0 ? 1 : seconds), await load(barePort, round === 0 ? 1 : seconds)];
      if (round > 0) for (const [index, list] of [ours, theirs].entries()) list.push(results[index] ?? NOTHING);
    }
    return figures(ours, theirs);
  },
};

async function run({ resources }: BenchmarkOptions, bootstrap: (adminSocket: string) => object): Promise<void> {
  const envoy = await EnvoyProcess.start(({ adminSocket }) => bootstrap(adminSocket));
  resources.adopt(envoy, () => envoy.stop());
}

/** @returns the port of the gateway, whose Envoy has one worker as the bare one has */
async function runLandbridge(options: BenchmarkOptions, originPort: number): Promise<number> {
  const setting = await prepare(SERVICES_PER_PLATFORM, options);
  setting.scratch.replace(
    platformPath(0),
    platformOf(0, () => [originPort]),
  );
  await start(setting, options, ["--concurrency", "1"]);
  return setting.ports.gateway;
}

interface Load {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

const NOTHING: Load = { perSecond: 0, p50: 0, p99: 0 };

function figures(ours: readonly Load[], bare: readonly Load[]): Figure[] {
  const figure = (name: string, unit: Figure["unit"], of: (load: Load) => number): Figure => ({
    name,
    unit,
    sample: sampleOf(ours.map(of)),
    baseline: { name: "bare Envoy", value: sampleOf(bare.map(of)).p50 },
  });
  return [
    {
      ...figure(`requests over ${CONNECTIONS} connections`, "per s", (each) => each.perSecond),
      note: "a ratio over 1 is the price of the gateway's configuration; both Envoys have one worker, the origin is a third Envoy, wrk shares the cores with them",
    },
    figure("latency under that load, p50", "ms", (each) => each.p50),
    figure("latency under that load, p99", "ms", (each) => each.p99),
  ];
}

async function load(port: number, seconds: number): Promise<Load> {
  const args = ["-t1", `-c${CONNECTIONS}`, `-d${seconds}s`, "--latency", "-H", `Host: ${hostnameOf(50)}`];
  const { stdout } = await promisify(execFile)(WRK, [...args, `http://127.0.0.1:${port}/app`]);
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(stdout);
  const [, perSecond] = /Requests\/sec: *([\d.]+)/.exec(stdout) ?? [];
  return { perSecond: Number(perSecond), p50: percentile(stdout, 50), p99: percentile(stdout, 99) };
}

function percentile(output: string, percent: number): number {
  const [, value, unit] = new RegExp(`${percent}% *([\\d.]+)(us|ms|s)`).exec(output) ?? [];
  return Number(value) * (unit === "us" ? 0.001 : unit === "s" ? 1_000 : 1);
}

function hasWrk(): boolean {
  try {
    // It prints its usage and ends with 1.
    execFileSync(WRK, ["-v"], { stdio: "ignore" });
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ENOENT";
  }
}
