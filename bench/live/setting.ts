/** Landbridge with an estate, its origins and the prober: what every live measurement needs. */

import { freePort } from "../../test/support/free-port.ts";
import type { BenchmarkOptions } from "../benchmark.ts";
import { type EstateFiles, estateFiles, hostnameOf } from "../estate/estate.ts";
import { Child } from "../processes/child.ts";
import { Landbridge } from "../processes/landbridge.ts";
import type { OriginCalls } from "../processes/origins.ts";
import type { Probe, ProberCalls } from "../processes/prober.ts";
import { Scratch } from "../scratch.ts";

export interface Ports {
  readonly gateway: number;
  /** Of the origins that answer with "a" and with "b". */
  readonly a: number;
  readonly b: number;
}

export interface Setting {
  readonly hosts: number;
  readonly ports: Ports;
  readonly files: EstateFiles;
  readonly scratch: Scratch;
  readonly prober: Child<ProberCalls>;
}

/** Everything but Landbridge itself. */
export async function prepare(hosts: number, { resources }: BenchmarkOptions): Promise<Setting> {
  const scratch = resources.use(new Scratch());
  const origins = resources.use(Child.start<OriginCalls>(new URL("../processes/origins.ts", import.meta.url)));
  const prober = resources.use(Child.start<ProberCalls>(new URL("../processes/prober.ts", import.meta.url)));
  const { a = 0, b = 0 } = await origins.call("listen", ["a", "b"]);
  const ports = { gateway: await freePort(), a, b };
  const files = estateFiles({ hosts, port: ports.gateway, origins: ports });
  scratch.write(files);
  return { hosts, ports, files, scratch, prober };
}

export interface RunningSetting extends Setting {
  readonly landbridge: Landbridge;
  /** Milliseconds from the start of the process to the first 200 through Envoy, for the last host. */
  readonly coldStart: number;
}

/** @param args further options of `landbridge up` */
export async function start(
  setting: Setting,
  { resources }: BenchmarkOptions,
  args: readonly string[] = [],
): Promise<RunningSetting> {
  const landbridge = resources.use(new Landbridge(setting.scratch, args));
  const probe = { port: setting.ports.gateway, hostname: hostnameOf(setting.hosts - 1), path: "/app", status: 200 };
  const since = String(landbridge.startedAt);
  const answer = setting.prober.call("firstAnswer", { probe, since });
  answer.catch(() => {});
  // Ready may come before or after the answer; a Landbridge that ends is not waited for.
  await landbridge.ready();
  const coldStart = await answer;
  return { ...setting, landbridge, coldStart };
}

export function probeOf({ ports }: Setting, hostname: string, path: string, body?: string): Probe {
  return { port: ports.gateway, hostname, path, status: 200, body };
}
