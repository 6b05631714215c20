/**
 * All metrics of our own, as data; docs/metrics.md says the same, and a test holds the two together. Names follow
 * https://prometheus.io/docs/practices/naming: base units, _total for counters. No label may have a value that grows
 * with the estate, and none may come from a client unchecked: what isn't known becomes "other".
 */
export interface MetricDefinition<Label extends string = string> {
  readonly type: "counter" | "gauge" | "histogram";
  readonly name: string;
  readonly help: string;
  readonly labels: readonly Label[];
  /** Upper bounds of a histogram. */
  readonly buckets?: readonly number[];
}

/** Seconds. */
const DURATIONS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Seconds. A change waits as long as a proxy is away. */
const LONG_DURATIONS = [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300];

export const METRICS = {
  apiRequests: {
    type: "counter",
    name: "landbridge_api_requests_total",
    help: "Requests that the API answered, by the code of the answer.",
    labels: ["verb", "resource", "code"],
  },
  apiRequestDuration: {
    type: "histogram",
    name: "landbridge_api_request_duration_seconds",
    help: "From the first byte of a request to the last of its answer; without watches, which are meant to last.",
    labels: ["verb", "resource"],
    buckets: DURATIONS,
  },
  apiWatches: {
    type: "gauge",
    name: "landbridge_api_watches",
    help: "Watches that are open now.",
    labels: [],
  },
  apiWatchEvents: {
    type: "counter",
    name: "landbridge_api_watch_events_total",
    help: "Events sent to watches, each counted for every watch that gets it.",
    labels: [],
  },
  apiAuthenticationRefusals: {
    type: "counter",
    name: "landbridge_api_authentication_refusals_total",
    help: "Requests whose credential was missing, wrong or out of date.",
    labels: [],
  },
  auditEntries: {
    type: "counter",
    name: "landbridge_audit_entries_total",
    help: "Entries of the journal of who did what; outcome lost: it could not be written.",
    labels: ["outcome"],
  },
  storeWrites: {
    type: "counter",
    name: "landbridge_store_writes_total",
    help: "Objects written to the store. conflict: somebody else was faster. failed: the disk is full or broken.",
    labels: ["outcome"],
  },
  storeCommitDuration: {
    type: "histogram",
    name: "landbridge_store_commit_duration_seconds",
    help: "From asking for a write until it is safe on the disk.",
    labels: [],
    buckets: DURATIONS,
  },
  compileDuration: {
    type: "histogram",
    name: "landbridge_compile_duration_seconds",
    help: "Working out what follows from one change.",
    labels: [],
    buckets: DURATIONS,
  },
  compileRecomputed: {
    type: "counter",
    name: "landbridge_compile_recomputed_total",
    help: "Pieces that were worked out anew.",
    labels: [],
  },
  changes: {
    type: "counter",
    name: "landbridge_changes_total",
    help: "Changes by where they came from and what became of them.",
    labels: ["source", "outcome"],
  },
  changesPending: {
    type: "gauge",
    name: "landbridge_changes_pending",
    help: "Changes that not every proxy has acknowledged yet.",
    labels: [],
  },
  changeLiveDuration: {
    type: "histogram",
    name: "landbridge_change_live_duration_seconds",
    help: "From when a change was received until every proxy that it concerns has acknowledged it.",
    labels: ["source"],
    buckets: LONG_DURATIONS,
  },
  xdsPushes: {
    type: "counter",
    name: "landbridge_xds_pushes_total",
    help: "Resources sent to proxies, by type, each counted for every proxy.",
    labels: ["type"],
  },
  xdsAcknowledgements: {
    type: "counter",
    name: "landbridge_xds_acknowledgements_total",
    help: "Resources that proxies took.",
    labels: ["type"],
  },
  xdsRefusals: {
    type: "counter",
    name: "landbridge_xds_refusals_total",
    help: "Resources that proxies refused.",
    labels: ["type"],
  },
  connectedProxies: {
    type: "gauge",
    name: "landbridge_connected_proxies",
    help: "Proxies that are connected now, of all gateways.",
    labels: [],
  },
  objects: {
    type: "gauge",
    name: "landbridge_objects",
    help: "Objects in force, by kind and by who serves them.",
    labels: ["kind", "source"],
  },
  problems: {
    type: "gauge",
    name: "landbridge_problems",
    help: "Problems that stand now.",
    labels: ["severity"],
  },
  sourceUpdate: {
    type: "gauge",
    name: "landbridge_source_last_update_timestamp_seconds",
    help: "When a source last told of a change, in seconds since 1970. Its age is time() minus this.",
    labels: ["source"],
  },
  build: {
    type: "gauge",
    name: "landbridge_build_info",
    help: "Always 1; the labels say what runs.",
    labels: ["version", "node_version"],
  },
} as const satisfies Record<string, MetricDefinition>;
