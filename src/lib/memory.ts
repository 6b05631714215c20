/**
 * Keeps a long-running process small after a start that makes much garbage (docs/decisions/0009).
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** New objects get a small space that is cleared often, instead of one that grows to 64 MiB and stays. Call it early. */
export function keepYoungSpaceSmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}

/**
 * Collects all garbage, moves what is left together and returns the rest to the system. Blocks: about 0.5 s for a heap of
 * 100 MB, so it is for a quiet moment.
 */
export function giveMemoryBack(): void {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  // "last-resort" compacts every page; the default leaves half-empty ones.
  if (typeof collect === "function") collect({ type: "major", execution: "sync", flavor: "last-resort" });
  setFlagsFromString("--no-expose-gc");
}

/** So many changes leave enough garbage between what lives to be worth a collection of half a second. */
const MANY_CHANGES = 1_000;
/** How long nothing may have changed before it. Milliseconds. */
const QUIET_MS = 5_000;

/**
 * Gives memory back in the first quiet moment after many changes: a load of a thousand objects, a large directory that
 * changed. Tell it of every change, until `signal` aborts.
 */
export function memoryKeeper(signal: AbortSignal, giveBack: () => void = giveMemoryBack): (changes: number) => void {
  let changed = 0;
  let timer: NodeJS.Timeout | undefined;
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  return (changes) => {
    changed += changes;
    if (changed < MANY_CHANGES || signal.aborted) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      changed = 0;
      giveBack();
    }, QUIET_MS).unref();
  };
}
