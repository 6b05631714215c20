/** On what it was measured. Nothing that names the machine or a folder of it. */
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release, totalmem, type } from "node:os";

const SETUP_PATHS = new URL("../../.setup/paths.json", import.meta.url);

export function machineLines(): readonly string[] {
  const { envoyVersion } = JSON.parse(readFileSync(SETUP_PATHS, "utf8")) as { envoyVersion: string };
  const gibibytes = Math.round(totalmem() / 1024 ** 3);
  return [
    `date: ${new Date().toISOString().slice(0, 10)}`,
    `machine: ${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? "unknown"}), ${gibibytes} GiB, ${type()} ${release()}`,
    `load average at the end: ${loadavg()[0]?.toFixed(1)} (the benchmark's own processes among it)`,
    `Node ${process.versions.node}, Envoy ${envoyVersion}`,
  ];
}
