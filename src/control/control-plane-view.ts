/**
 * What the API may see of a running control plane.
 */
import type { ControlView, ViewChange } from "../api/local/control-view.ts";
import type {
  BackendView,
  CompileFilter,
  CompileStage,
  GatewayAddress,
  InfoView,
  ObjectFilter,
  ObjectView,
  ProxyView,
  ServiceView,
  WatchTopic,
} from "../client/local-types.ts";
import type { PlanView } from "../client/plan-view.ts";
import { printStage } from "../compiler/print.ts";
import { hybridLegId } from "../compiler/routing/legs.ts";
import { trace } from "../compiler/trace/trace.ts";
import type { ObjectKey } from "../model/keys.ts";
import type { AnyResource } from "../model/kinds.ts";
import { keyOf } from "../model/metadata.ts";
import type { Problem } from "../model/problem.ts";
import type { TraceRequest, TraceResult } from "../model/trace.ts";
import { XDS_PROBLEMS } from "../xds/problem-codes.ts";
import type { ProxyProgress } from "../xds/progress.ts";
import type { Estate, HeldObject } from "./estate.ts";
import { listeningUrl } from "./listening-url.ts";
import type { StatusBoard } from "./status-board.ts";
import type { Subscribers } from "./subscribers.ts";
import { VERSION } from "./version.ts";

export interface ControlPlaneViewParts {
  readonly estate: Estate;
  readonly board: StatusBoard;
  readonly subscribers: Subscribers;
  readonly progress: (gateway: ObjectKey) => readonly ProxyProgress[];
  readonly otherProblems: () => readonly Problem[];
  readonly stateDir: string;
  readonly envoyVersion: string;
  readonly api: () => InfoView["api"];
  readonly accessLog: string | undefined;
}

export class ControlPlaneView implements ControlView {
  readonly #parts: ControlPlaneViewParts;
  readonly #started = new Date().toISOString();

  constructor(parts: ControlPlaneViewParts) {
    this.#parts = parts;
  }

  info(): InfoView {
    const { stateDir, envoyVersion, accessLog } = this.#parts;
    return {
      version: VERSION,
      envoyVersion,
      pid: process.pid,
      stateDir,
      started: this.#started,
      gateways: this.#addresses(),
      api: this.#parts.api(),
      accessLog,
    };
  }

  objects(filter: ObjectFilter): readonly ObjectView[] {
    const found: HeldObject[] = [];
    for (const held of this.#parts.estate.objects()) if (passes(held, filter)) found.push(held);
    return found
      .map((held) => this.#objectView(held))
      .sort((a, b) => compareKeys(keyOf(a.resource), keyOf(b.resource)));
  }

  object(key: ObjectKey): ObjectView | undefined {
    const held = this.#parts.estate.object(key);
    return held && this.#objectView(held);
  }

  service(key: ObjectKey): ServiceView | undefined {
    const resource = this.#parts.estate.object(key)?.resource;
    if (resource?.kind !== "HybridService") return undefined;
    const { routing } = this.#parts.estate;
    const { namespace, name } = resource.metadata;
    const moving = routing.split(key)?.weights;
    // A split that names a single backend has no weights that could move: what is written is in force.
    const weights =
      moving ??
      resource.spec.split.map(({ backend, weight }) => ({ leg: hybridLegId(namespace, name, backend), weight }));
    const total = weights.reduce((sum, { weight }) => sum + weight, 0);
    const backends = resource.spec.backends.map((backend): BackendView => {
      const legId = hybridLegId(namespace, name, backend.name);
      const weight = weights.find(({ leg }) => leg === legId)?.weight ?? 0;
      return {
        name: backend.name,
        platform: backend.platform,
        looksUp: routing.leg(legId)?.leg.endpoints ?? "",
        weight,
        percent: total === 0 ? 0 : (weight / total) * 100,
        host: backend.host,
        endpoints: routing.endpoints(legId),
      };
    });
    return { backends };
  }

  proxies(): readonly ProxyView[] {
    return this.#parts.estate.routing
      .gateways()
      .flatMap((gateway) => this.#parts.progress(gateway).map((progress) => proxyView(gateway, progress)));
  }

  problems(): readonly Problem[] {
    const refused = this.#parts.board.refused().map(({ gateway, refused: { resource, message, owners } }): Problem => {
      const [owner] = owners;
      const position = owner === undefined ? undefined : this.#parts.estate.object(owner)?.origin.position;
      return {
        code: "LB3001",
        severity: "error",
        message: `a proxy of ${gateway} refused ${resource}: ${message}`,
        hint: XDS_PROBLEMS.LB3001.wayOut,
        path: "",
        ...(owner === undefined ? {} : { object: owner }),
        ...(position ? { position } : {}),
      };
    });
    return [...this.#parts.estate.problems(), ...this.#parts.otherProblems(), ...refused];
  }

  compile(stage: CompileStage, filter: CompileFilter): unknown {
    return printStage(stage, this.#parts.estate.compiled(), filter.object);
  }

  trace(request: TraceRequest): TraceResult {
    return trace(this.#parts.estate.routing, request);
  }

  plan(set: readonly AnyResource[], remove: readonly ObjectKey[]): PlanView {
    const sourced = set.map((resource) => ({ resource, origin: { source: "plan" } }));
    return this.#parts.estate.preview({ set: sourced, remove }, Date.now());
  }

  watch(topics: readonly WatchTopic[], onChange: (change: ViewChange) => void, signal: AbortSignal): void {
    this.#parts.subscribers.add(topics, onChange, signal);
  }

  #objectView({ resource, origin, since }: HeldObject): ObjectView {
    const status = this.#parts.board.view(keyOf(resource), Date.now());
    return { resource, origin, since: new Date(since).toISOString(), ...(status ? { status } : {}) };
  }

  #addresses(): GatewayAddress[] {
    const { routing } = this.#parts.estate;
    return routing.gateways().flatMap((gateway) => {
      const listeners = routing.gateway(gateway)?.listeners ?? [];
      return routing.ports(gateway).flatMap((port) =>
        port.chains.flatMap((chain) =>
          chain.listeners.map((listener): GatewayAddress => {
            const tls = chain.tls !== undefined;
            const hostname = listeners.find(({ name }) => name === listener)?.hostname ?? "*";
            const hosts = routing.hostnames(gateway, chain.table);
            return {
              gateway,
              listener,
              address: port.address,
              port: port.port,
              tls,
              url: listeningUrl({ ...port, tls, hostname, hosts }),
            };
          }),
        ),
      );
    });
  }
}

function passes({ resource }: HeldObject, { kind, namespace, name }: ObjectFilter): boolean {
  return (
    (kind ?? resource.kind) === resource.kind &&
    (namespace ?? resource.metadata.namespace) === resource.metadata.namespace &&
    (name ?? resource.metadata.name) === resource.metadata.name
  );
}

function compareKeys(a: ObjectKey, b: ObjectKey): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function proxyView(gateway: ObjectKey, progress: ProxyProgress): ProxyView {
  return {
    gateway,
    instance: progress.instance,
    connectedSince: new Date(progress.connectedSince).toISOString(),
    types: progress.types.map(({ type, count, acknowledgedNonce }) => ({ type, count, version: acknowledgedNonce })),
    inSync: progress.inSync,
    outstanding: progress.outstanding.map(({ id, waitsFor }) =>
      waitsFor === undefined ? id : `${id} (waits for ${waitsFor})`,
    ),
    refused: progress.refused.map(({ type, name, message, owners }) => ({
      resource: `${type}:${name}`,
      message,
      owners,
    })),
  };
}
