import type { ControlView, ViewChange } from "../../src/api/local/control-view.ts";
import type {
  BackendView,
  InfoView,
  ObjectFilter,
  ObjectView,
  ProxyView,
  ServiceView,
  StatusView,
  WatchTopic,
} from "../../src/client/local-types.ts";
import type { PlanView } from "../../src/client/plan-view.ts";
import type { ObjectKey } from "../../src/model/keys.ts";
import { keyOf } from "../../src/model/metadata.ts";
import type { Problem } from "../../src/model/problem.ts";
import type { TraceRequest, TraceResult } from "../../src/model/trace.ts";

/** A control plane's answers, given by the test. Changes are told by `tell`. */
export class FixedView implements ControlView {
  readonly objectViews = new Map<ObjectKey, ObjectView>();
  proxyViews: ProxyView[] = [];
  problemList: Problem[] = [];
  backends: BackendView[] = [];
  traced: TraceRequest | undefined;
  traceView: TraceResult = { candidates: [], legs: [], action: { kind: "fail", status: 404, reason: "no listener" } };
  infoView: InfoView = {
    version: "0.0.1",
    envoyVersion: "1.40.0",
    pid: process.pid,
    stateDir: "/state",
    started: "2026-01-01T00:00:00.000Z",
    gateways: [],
  };
  readonly #listeners = new Set<(change: ViewChange) => void>();

  put(
    resource: ObjectView["resource"] & { readonly spec?: unknown; readonly data?: unknown },
    status?: StatusView,
  ): void {
    const origin = { source: "conf", position: { file: "conf/a.yaml", line: 3, column: 1 } };
    const since = "2026-01-01T00:00:00.000Z";
    this.objectViews.set(keyOf(resource), { resource, origin, since, ...(status ? { status } : {}) });
    this.tell({ topic: "objects", keys: [keyOf(resource)] });
  }

  remove(key: ObjectKey): void {
    this.objectViews.delete(key);
    this.tell({ topic: "objects", keys: [key] });
  }

  tell(change: ViewChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  get watchers(): number {
    return this.#listeners.size;
  }

  info(): InfoView {
    return this.infoView;
  }

  objects({ kind, namespace, name }: ObjectFilter): ObjectView[] {
    return [...this.objectViews.values()].filter(
      ({ resource }) =>
        (kind ?? resource.kind) === resource.kind &&
        (namespace ?? resource.metadata.namespace) === resource.metadata.namespace &&
        (name ?? resource.metadata.name) === resource.metadata.name,
    );
  }

  object(key: ObjectKey): ObjectView | undefined {
    return this.objectViews.get(key);
  }

  service(key: ObjectKey): ServiceView | undefined {
    return this.objectViews.has(key) ? { backends: this.backends } : undefined;
  }

  proxies(): readonly ProxyView[] {
    return this.proxyViews;
  }

  problems(): readonly Problem[] {
    return this.problemList;
  }

  compile(stage: string): unknown {
    return { stage, secret: { privateKeyPem: "-----BEGIN PRIVATE KEY-----" } };
  }

  trace(request: TraceRequest): TraceResult {
    this.traced = request;
    return this.traceView;
  }

  plan(): PlanView {
    return { objects: [], hosts: [], proxies: [], statuses: [], problems: { added: [], removed: [] } };
  }

  watch(_topics: readonly WatchTopic[], onChange: (change: ViewChange) => void, signal: AbortSignal): void {
    this.#listeners.add(onChange);
    signal.addEventListener("abort", () => this.#listeners.delete(onChange));
  }
}
