/**
 * Loaded into the control plane before anything else (NODE_OPTIONS=--import): remembers when each file was
 * opened, so that the time from "the change is read" can be told without a word about it in the product.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { answerCalls } from "./calls.ts";

export type ReadTimesCalls = {
  /** When the file was opened first after `since`, in nanoseconds of the clock that all processes share. */
  firstRead(input: { readonly path: string; readonly since: string }): string | undefined;
  memory(input: null): NodeJS.MemoryUsage;
  /** Microseconds. */
  cpu(input: null): NodeJS.CpuUsage;
};

const times = new Map<string, bigint[]>();
const open = fs.openSync;

fs.openSync = (path, ...rest) => {
  if (typeof path === "string" && path.endsWith(".yaml")) note(path, process.hrtime.bigint());
  return open(path, ...rest);
};
syncBuiltinESMExports();

const calls: ReadTimesCalls = {
  firstRead: ({ path, since }) =>
    times
      .get(path)
      ?.find((time) => time >= BigInt(since))
      ?.toString(),
  memory: () => process.memoryUsage(),
  cpu: () => process.cpuUsage(),
};

function note(path: string, time: bigint): void {
  const ofPath = times.get(path);
  if (ofPath) ofPath.push(time);
  else times.set(path, [time]);
}

if (process.send) {
  answerCalls(calls);
  // The channel alone must not keep the control plane running.
  process.channel?.unref();
}
