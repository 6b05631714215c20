import type { ScrapedFacts } from "../../src/telemetry/metrics.ts";

/** Of a control plane that has just started. */
export const NO_FACTS: ScrapedFacts = {
  objects: [],
  problems: [],
  connectedProxies: 0,
  openWatches: 0,
  pendingChanges: 0,
  sourceUpdates: [],
};
