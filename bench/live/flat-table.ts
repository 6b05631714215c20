/** The baseline of the live benchmark: the same changes of the same files, served from one flat route table. */
import type { FlatTableCalls } from "../baseline/flat-table.ts";
import type { BenchmarkOptions } from "../benchmark.ts";
import { hostnameOf } from "../estate/estate.ts";
import { Child } from "../processes/child.ts";
import type { Sample } from "../report/sample.ts";
import { addHost, type ChangeSeries, editRoute, editWildcard } from "./changes.ts";
import { measure } from "./measure.ts";
import { probeOf, type Setting } from "./setting.ts";

/** Of each series that the flat table was measured with: milliseconds from the rename. */
export type FlatTimes = ReadonlyMap<ChangeSeries, Sample>;

const COMPARED: readonly ChangeSeries[] = [editRoute, addHost, editWildcard];

/** Landbridge must have stopped: the flat table listens on its port. */
export async function flatTable(setting: Setting, { quick, say }: BenchmarkOptions): Promise<FlatTimes> {
  say("the same with one flat route table");
  setting.scratch.write(setting.files);
  const flat = Child.start<FlatTableCalls>(new URL("../baseline/flat-table.ts", import.meta.url));
  await using _ = flat;
  await flat.call("serve", setting.scratch.config);
  const probe = probeOf(setting, hostnameOf(setting.hosts - 1), "/app");
  await setting.prober.call("firstAnswer", { probe, since: String(process.hrtime.bigint()) });
  const times = new Map<ChangeSeries, Sample>();
  for (const series of COMPARED) {
    const { fromRename } = await measure(setting, series, quick ? 40 : 100);
    times.set(series, fromRename);
  }
  return times;
}
