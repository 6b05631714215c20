/**
 * The demo: the shop's services as processes on addresses that stand for machines, and Landbridge in front of them.
 * `npm start [-- <directory>]` takes the resources from there; by default those beside this file.
 * Ends with 0 after Ctrl-C or SIGTERM, with 1 when something didn't start or died; leaves nothing running.
 */
import { openSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseApiAddress } from "../../src/cli/api-address.ts";
import { formatProblem, type Problem } from "../../src/model/problem.ts";
import { endLeftovers } from "../../src/proxy/leftover.ts";
import { recordedEnvoys } from "../../src/proxy/pid-file.ts";
import { portProblem } from "../../src/proxy/port-check.ts";
import { makeStateDirectory } from "../../src/proxy/state-directory.ts";
import { type Child, startControlPlane, startService, stopChild } from "./children.ts";
import { type EstateProcess, readEstate } from "./estate.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const RESOURCES = resolve(process.argv[2] ?? join(import.meta.dirname, "resources"));
const ESTATE = readEstate(RESOURCES);
const STATE_DIR = resolve(ROOT, process.env.LANDBRIDGE_STATE_DIR ?? ".landbridge");
/** Where `up` keeps what belongs to its Envoys. */
const PROXIES = join(STATE_DIR, "proxies");

/** `up` drains its gateway for a few seconds. */
const CONTROL_PLANE_STOP_MS = 25_000;
const SERVICE_STOP_MS = 3_000;
/** Time for `up` to print the lines that follow its "ready". */
const AFTER_READY_MS = 50;

process.exitCode = await run();

async function run(): Promise<number> {
  const interrupted = interruption();
  const unusable = makeStateDirectory(STATE_DIR);
  const problems = unusable ? [unusable] : await findTakenPorts();
  if (problems.length > 0) {
    for (const problem of problems) console.error(formatProblem(problem));
    return 1;
  }
  const logPath = join(STATE_DIR, "shop.log");
  const log = openSync(logPath, "w", 0o600);
  const services = ESTATE.processes.map((service) => startService(service, ESTATE.processes, log));
  const controlPlane = startControlPlane(ROOT, shown(RESOURCES), STATE_DIR);
  const all = [controlPlane, ...services];
  const death = Promise.race(all.map(async (child) => ({ died: child, how: await child.ended })));
  const ready = Promise.all(all.map((child) => child.ready)).then(() => "ready" as const);

  let outcome = await Promise.race([ready, death, interrupted]);
  const wasReady = outcome === "ready";
  if (wasReady) {
    await delay(AFTER_READY_MS);
    console.log(whatNext(logPath));
    outcome = await Promise.race([death, interrupted]);
  }
  await stopAll(controlPlane, services);
  // An `up` that was killed leaves its gateway running, on purpose; a demo has nobody to serve any more. One that
  // never got ready may have found another `up` here, whose Envoys aren't ours.
  if (wasReady) await endLeftovers(PROXIES);
  if (typeof outcome === "string") return 0;
  console.error(`error: ${outcome.died.name} ended by itself (${outcome.how}).`);
  if (outcome.died !== controlPlane) console.error(`  hint: its output is in ${logPath}`);
  return 1;
}

/** The gateway first: it lets open requests finish, which need the services. */
async function stopAll(controlPlane: Child, services: readonly Child[]): Promise<void> {
  await stopChild(controlPlane, CONTROL_PLANE_STOP_MS);
  await Promise.all(services.map((service) => stopChild(service, SERVICE_STOP_MS)));
}

function interruption(): Promise<"interrupted"> {
  return new Promise((resolve) => {
    // Stopping has a bound, so a second signal changes nothing.
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve("interrupted"));
  });
}

/** An Envoy that a killed `up` left behind is no obstacle: the next `up` takes it over. */
async function findTakenPorts(): Promise<readonly Problem[]> {
  const ours = new Set(recordedEnvoys(PROXIES).map(({ pid }) => pid));
  const api = parseApiAddress(process.env.LANDBRIDGE_API ?? "127.0.0.1:7443");
  const apiPort = api === undefined || api === "off" || api.port === 0 ? [] : [portProblem(api.host, api.port)];
  const gateway = ESTATE.gateway.map(({ address, port }) => portProblem(address, port, ours));
  const services = ESTATE.processes.map(({ address, port }) => portProblem(address, port));
  return (await Promise.all([...gateway, ...services, ...apiPort])).filter((problem) => problem !== undefined);
}

function whatNext(logPath: string): string {
  const urls = ESTATE.gateway.map(({ scheme, port }) => `${scheme}://shop.localhost:${port}/`);
  const at = (service: string, machine: string) =>
    ESTATE.processes
      .filter((each) => each.service === service && each.machine.startsWith(machine))
      .map((each: EstateProcess) => each.address)
      .join(", ");
  return `
  The shop runs behind the gateway:
    ${urls.join("  ")}
    shopfront          on VMs (${at("shopfront", "vm")}), new platform (${at("shopfront", "new")})
    productcatalogue   on a VM (${at("productcatalogue", "vm")})
    stockmanager       on a VM (${at("stockmanager", "vm")})
    output of these services: ${shown(logPath)}

  Try, in another terminal:
    curl ${urls[0]}       (says which copy answered)
    edit ${shown(join(RESOURCES, "shopfront.yaml"))}: weights 50 and 50; curl again
    bin/landbridge describe hybridservice shopfront -n shop

  Ctrl-C stops everything.`;
}

/** As short as users would write it. */
function shown(path: string): string {
  const short = relative(ROOT, path);
  return short.startsWith("..") ? path : short;
}
