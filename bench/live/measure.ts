import { setTimeout as delay } from "node:timers/promises";
import { type Sample, sampleOf } from "../report/sample.ts";
import type { ChangeSeries } from "./changes.ts";
import type { RunningSetting, Setting } from "./setting.ts";

/** Between two changes: what the one before has left to do must not be in the way of the next. Milliseconds. */
const PAUSE_MS = 25;
/** Before these many, the code has not been compiled and the memory not been touched. */
const WARM_UP = 15;

export interface Effects {
  /** From the moment the file is replaced. */
  readonly fromRename: Sample;
  /** From the moment the control plane opens the new file. */
  readonly fromRead: Sample | undefined;
}

/** The effect of `count` changes, one after the other. Milliseconds. */
export async function measure(
  setting: Setting | RunningSetting,
  series: ChangeSeries,
  count: number,
): Promise<Effects> {
  const changes = series(setting);
  const fromRename: number[] = [];
  const fromRead: number[] = [];
  await delay(4 * PAUSE_MS);
  for (let index = 0; index < WARM_UP + count; index++) {
    const change = changes.next(index);
    await delay(PAUSE_MS);
    const { elapsed, startedAt } = await setting.prober.call("effectOf", change);
    if (index < WARM_UP) continue;
    fromRename.push(elapsed);
    if (!("landbridge" in setting)) continue;
    const readAt = await setting.landbridge.child.call("firstRead", { path: change.change.to, since: startedAt });
    if (readAt !== undefined) fromRead.push(elapsed - Number(BigInt(readAt) - BigInt(startedAt)) / 1e6);
  }
  return { fromRename: sampleOf(fromRename), fromRead: fromRead.length > 0 ? sampleOf(fromRead) : undefined };
}
