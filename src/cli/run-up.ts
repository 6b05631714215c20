import { resolve } from "node:path";
import type { CompileOptions } from "../compiler/routing/routing.ts";
import { type ControlPlane, StartupError, startControlPlane } from "../control/control-plane.ts";
import { stderrLogger } from "../lib/log.ts";
import { giveMemoryBack, memoryKeeper } from "../lib/memory.ts";
import type { ApiAddress } from "./api-address.ts";
import { ProblemReport } from "./problem-report.ts";
import { failWith, paint, print, printError } from "./terminal.ts";
import type { UpOptions } from "./up.ts";

/** From "ready" until memory that only the start needed is given back. Milliseconds. */
const QUIET_MS = 1_000;

/** How long an orderly stop may take; then the process ends all the same. Milliseconds. */
const STOP_MS = 20_000;

/** Runs until SIGINT or SIGTERM. The exit code is 0 after an orderly stop, 1 when it can't start. */
export async function runUp(directory: string | undefined, stateDir: string, options: UpOptions): Promise<void> {
  const started = performance.now();
  const interrupted = interruption();
  let plane: ControlPlane;
  try {
    plane = await startControlPlane({
      directory,
      stateDir,
      bind: options.bind,
      accessLog: accessLogOf(options.accessLog),
      logger: stderrLogger(options.logLevel),
      concurrency: options.concurrency,
      api: options.api === "off" ? undefined : apiOptions(options.api, options),
    });
  } catch (error) {
    if (!(error instanceof StartupError)) throw error;
    failWith(error.problem);
    process.exit(1);
  }
  const ended = new AbortController();
  const report = new ProblemReport();
  const showProblems = atMostOnceATurn(() => printError(report.changes(plane.view.problems())));
  plane.view.watch(["problems"], showProblems, ended.signal);
  showProblems();
  const outcome = await Promise.race([
    plane.ready.then(
      () => "ready" as const,
      (error: unknown) => ({ error }),
    ),
    interrupted,
  ]);
  if (outcome === "ready") {
    printReady(plane, performance.now() - started);
    const quiet = setTimeout(giveMemoryBack, QUIET_MS);
    const keep = memoryKeeper(ended.signal);
    plane.view.watch(["objects"], (change) => change.topic === "objects" && keep(change.keys.length), ended.signal);
    await interrupted;
    clearTimeout(quiet);
  } else if (typeof outcome === "object") {
    if (!(outcome.error instanceof StartupError)) throw outcome.error;
    failWith(outcome.error.problem);
  }
  ended.abort();
  await stop(plane);
}

/** Many changes that come together are looked at once. */
function atMostOnceATurn(look: () => void): () => void {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    setImmediate(() => {
      isDue = false;
      look();
    });
  };
}

function apiOptions(address: ApiAddress, { apiName, sealingKeyFile }: UpOptions) {
  const keys = process.env.LANDBRIDGE_SEALING_KEYS;
  return {
    ...address,
    names: apiName,
    ...(sealingKeyFile === undefined ? {} : { keyFile: sealingKeyFile }),
    ...(keys === undefined ? {} : { keys }),
  };
}

function printReady(plane: ControlPlane, milliseconds: number): void {
  const { gateways } = plane.view.info();
  print(`${paint("green", "ready")} in ${(milliseconds / 1000).toFixed(1)} s`);
  if (gateways.length === 0) print("  no Gateway yet: nothing listens");
  for (const { gateway, listener, url } of gateways) print(`  ${url}  (${gateway}, listener ${listener})`);
  if (plane.endpoint) print(`  ${plane.endpoint.url}  (API, for kubectl too: landbridge login)`);
}

async function stop(plane: ControlPlane): Promise<never> {
  const force = () => process.exit(1);
  process.on("SIGINT", force);
  setTimeout(() => {
    printError(`error: stopping took over ${STOP_MS / 1000} s`);
    process.exit(1);
  }, STOP_MS).unref();
  await plane.stop();
  process.exit(process.exitCode ?? 0);
}

function interruption(): Promise<"interrupted"> {
  const { promise, resolve: resolveInterrupted } = Promise.withResolvers<"interrupted">();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.once(name, () => {
      printError("stopping; once more to force it");
      resolveInterrupted("interrupted");
    });
  }
  return promise;
}

function accessLogOf(word: string): CompileOptions["accessLog"] {
  if (word === "off" || word === "stdout") return { kind: word };
  return { kind: "file", path: resolve(word) };
}
