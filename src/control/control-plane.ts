/**
 * Puts the parts together: config -> estate (model, compiler) -> xds -> Envoy, with discovery feeding endpoints in and
 * proxies reporting back. A change goes through at once, on the event that brings it.
 */
import { join, resolve } from "node:path";
import { getCACertificates } from "node:tls";
import type { ControlView } from "../api/local/control-view.ts";
import { startLocalApi } from "../api/local/local-server.ts";
import { CONTROL_SOCKET } from "../client/local-types.ts";
import type { CompileOptions } from "../compiler/routing/routing.ts";
import { DirectorySource } from "../config/directory/source.ts";
import { MergedSources, type NamedSource } from "../config/merged/merged-sources.ts";
import type { SourceUpdate } from "../config/source.ts";
import { Discovery } from "../discovery/discovery.ts";
import type { Logger } from "../lib/log.ts";
import type { Problem } from "../model/problem.ts";
import { findEnvoy } from "../proxy/envoy-binary.ts";
import { makeStateDirectory, socketPathProblem, stateDirectoryProblem } from "../proxy/state-directory.ts";
import { startXdsServer, type XdsServer } from "../xds/server.ts";
import { ControlPlaneView } from "./control-plane-view.ts";
import { Estate } from "./estate.ts";
import { EventRecorder } from "./events/event-recorder.ts";
import { LocalProxies } from "./local-proxies.ts";
import { type ControlFacts, Observation, sourceOf } from "./observation.ts";
import { Publisher } from "./publisher.ts";
import { type ApiEndpoint, ResourceApi, type ResourceApiOptions } from "./resource-api.ts";
import { RUNTIME_LAYERS } from "./runtime-layers.ts";
import { StatusBoard } from "./status-board.ts";
import { Subscribers } from "./subscribers.ts";

export interface ControlPlaneOptions {
  /** Where objects are in files; absent: they are in the store alone. */
  readonly directory?: string | undefined;
  /** The resource API and its store; absent: there is neither. */
  readonly api?: Omit<ResourceApiOptions, "stateDir"> | undefined;
  readonly stateDir: string;
  /** Where listeners bind when their Gateway names no address. */
  readonly bind: string;
  readonly accessLog: CompileOptions["accessLog"];
  readonly logger: Logger;
  /** Worker threads of each Envoy; absent: one for each core. */
  readonly concurrency?: number | undefined;
}

export interface ControlPlane {
  readonly view: ControlView;
  /** Settles when every gateway serves all of the configuration that was there at the start, or with why none can. */
  readonly ready: Promise<void>;
  /** Where the resource API is; undefined before it serves, and without one. */
  readonly endpoint: ApiEndpoint | undefined;
  stop(): Promise<void>;
}

/** Something that keeps the control plane from starting, in words for its user. */
export class StartupError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

const NO_FACTS: ControlFacts = { objects: [], problems: [], connectedProxies: 0, openWatches: 0 };

const CERTIFICATE_CHECK_MS = 3_600_000;

/** @throws StartupError */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const binary = await findEnvoy();
  if ("code" in binary) throw new StartupError(binary);
  let plane: RunningControlPlane | undefined;
  const observation = await Observation.start(() => plane?.facts() ?? NO_FACTS, options.logger);
  plane = new RunningControlPlane(options, binary, observation);
  try {
    await plane.start();
  } catch (error) {
    await plane.stop();
    throw error;
  }
  return plane;
}

type EnvoyBinary = Exclude<Awaited<ReturnType<typeof findEnvoy>>, Problem>;

class RunningControlPlane implements ControlPlane {
  readonly view: ControlPlaneView;
  readonly ready: Promise<void>;
  readonly #options: ControlPlaneOptions;
  readonly #stateDir: string;
  readonly #estate: Estate;
  readonly #board: StatusBoard;
  readonly #subscribers = new Subscribers();
  readonly #discovery: Discovery;
  readonly #proxies: LocalProxies;
  readonly #publisher: Publisher;
  readonly #observation: Observation;
  readonly #stopped = new AbortController();
  readonly #lateStop = new AbortController();
  readonly #tasks: Promise<unknown>[] = [];
  readonly #isReady = Promise.withResolvers<void>();
  #xds: XdsServer | undefined;
  #api: ResourceApi | undefined;
  #events: EventRecorder | undefined;
  #hasConfig = false;
  #wasReady = false;
  #hasEndedLeftovers = false;

  constructor(options: ControlPlaneOptions, binary: EnvoyBinary, observation: Observation) {
    this.#options = options;
    this.#observation = observation;
    this.#stateDir = resolve(options.stateDir);
    this.#estate = new Estate({
      bindAddress: options.bind,
      accessLog: options.accessLog,
      runtimeLayers: RUNTIME_LAYERS,
      systemTrust: () => getCACertificates("system").join("\n"),
    });
    this.#board = new StatusBoard((key) => this.#estate.status(key));
    this.#discovery = new Discovery((query, set) => this.#publisher.onEndpoints(query, set));
    this.#proxies = new LocalProxies({
      binary,
      directory: join(this.#stateDir, "proxies"),
      xdsSocketPath: this.#xdsSocket,
      runtimeLayers: RUNTIME_LAYERS,
      inheritOutput: options.accessLog.kind === "stdout",
      concurrency: options.concurrency,
      logger: options.logger,
      onChange: () => this.#subscribers.tell({ topic: "problems" }),
      onUnstartable: (problem) => this.#isReady.reject(new StartupError(problem)),
    });
    this.#publisher = new Publisher({
      estate: this.#estate,
      board: this.#board,
      discovery: this.#discovery,
      proxies: this.#proxies,
      subscribers: this.#subscribers,
      logger: options.logger,
      trail: observation.trail,
      xds: () => this.#xds,
      events: () => this.#events,
      onProgress: () => this.#checkReady(),
    });
    this.ready = this.#isReady.promise;
    this.ready.catch(() => undefined);
    this.view = new ControlPlaneView({
      estate: this.#estate,
      board: this.#board,
      subscribers: this.#subscribers,
      progress: (gateway) => this.#xds?.progress(gateway) ?? [],
      otherProblems: () => this.#proxies.problems(),
      stateDir: this.#stateDir,
      envoyVersion: binary.version,
      api: () => this.endpoint,
      accessLog: options.accessLog.kind === "file" ? options.accessLog.path : undefined,
    });
  }

  get #xdsSocket(): string {
    return join(this.#stateDir, "xds.sock");
  }

  async start(): Promise<void> {
    const unusable = makeStateDirectory(this.#stateDir);
    if (unusable) throw new StartupError(unusable);
    const tooLong = socketPathProblem(this.#xdsSocket);
    if (tooLong) throw new StartupError(tooLong);
    const api = await startLocalApi({
      socketPath: join(this.#stateDir, CONTROL_SOCKET),
      view: this.view,
      signal: this.#lateStop.signal,
    });
    if ("code" in api) throw new StartupError(api);
    this.#tasks.push(api.closed);
    this.#xds = await this.#startXds();
    this.#tasks.push(this.#xds.closed);
    await this.#openApi();
    const source = new MergedSources(this.#sources());
    this.#tasks.push(source.run((update) => this.#onUpdate(update), this.#stopped.signal));
    const expiry = setInterval(() => this.#checkCertificates(), CERTIFICATE_CHECK_MS);
    this.#stopped.signal.addEventListener("abort", () => clearInterval(expiry));
  }

  get endpoint(): ApiEndpoint | undefined {
    return this.#api?.endpoint;
  }

  async #openApi(): Promise<void> {
    const { api, logger } = this.#options;
    if (!api) return;
    const opened = await ResourceApi.open({
      options: { ...api, stateDir: this.#stateDir },
      statusOf: (key) => this.#board.view(key, Date.now()),
      view: this.view,
      isReady: () => this.#wasReady,
      logger,
      observation: this.#observation,
    });
    if ("code" in opened) throw new StartupError(opened);
    this.#api = opened;
    this.#events = new EventRecorder(opened.registry, this.#lateStop.signal);
    this.#subscribers.add(
      ["objects"],
      (change) => {
        if (change.topic === "objects") opened.registry.touch(change.keys);
      },
      this.#lateStop.signal,
    );
  }

  /** A file comes before the store: what the platform team keeps in files can't be changed by the API. */
  #sources(): [NamedSource, ...NamedSource[]] {
    const { directory } = this.#options;
    const files = { name: "the directory", source: new DirectorySource(directory ?? "") };
    if (!this.#api) return [files];
    const { builtInSource, storeSource } = this.#api;
    const builtIn = { name: "what is built in", source: builtInSource };
    const store = { name: "the store", source: storeSource };
    return directory === undefined ? [builtIn, store] : [builtIn, files, store];
  }

  async #startApi(api: ResourceApi): Promise<void> {
    const problem = await api.start();
    if (problem) this.#isReady.reject(new StartupError(problem));
    this.#checkReady();
  }

  async #startXds(): Promise<XdsServer> {
    const starting = startXdsServer({
      listen: { socketPath: this.#xdsSocket },
      onProgress: (gateway) => this.#publisher.onProgress(gateway),
      onRefused: (gateway, report) => {
        this.#options.logger.warn("a proxy refused a resource", { gateway, ...report });
        const { type, name, message, owners } = report;
        this.#observation.metrics.refused(type);
        this.#observation.trail.refused(gateway, { resource: `${type}:${name}`, message, owners });
      },
      onTraffic: (kind, type, count) => this.#observation.metrics[kind](type, count),
      onProblem: (problem) => this.#options.logger.warn(problem.message, { code: problem.code }),
      signal: this.#lateStop.signal,
    });
    return starting.catch((error: unknown) => {
      throw new StartupError(stateDirectoryProblem(this.#stateDir, error));
    });
  }

  /** For whoever reads the metrics. */
  facts(): ControlFacts {
    const objects = Array.from(this.#estate.objects(), ({ resource, origin }) => ({
      kind: resource.kind,
      source: sourceOf(origin.source),
    }));
    const gateways = this.#estate.routing.gateways();
    return {
      objects,
      problems: this.view.problems(),
      connectedProxies: gateways.reduce((sum, gateway) => sum + (this.#xds?.progress(gateway).length ?? 0), 0),
      openWatches: this.#api?.watches.size ?? 0,
    };
  }

  /** Drains and ends the proxies first, while they still have a control plane. Never throws; may be called twice. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#proxies.stopAll();
    await this.#discovery.close();
    await this.#api?.stop();
    this.#lateStop.abort();
    await this.#observation.close();
    for (const task of await Promise.allSettled(this.#tasks)) {
      if (task.status === "rejected") this.#options.logger.error("a part did not end well", { error: task.reason });
    }
  }

  #onUpdate(update: SourceUpdate): void {
    const { metrics } = this.#observation;
    const ids = this.#observation.changesIn(update, (key) => this.#api?.registry.stored(key)?.revision ?? 0);
    const started = performance.now();
    const change = this.#estate.applySource(update, Date.now());
    metrics.compiled({ seconds: (performance.now() - started) / 1000, recomputed: change.recomputed });
    const isFirst = !this.#hasConfig;
    this.#hasConfig = true;
    this.#api?.registry.applySources(update);
    if (isFirst && this.#api) this.#tasks.push(this.#startApi(this.#api));
    this.#publisher.withDiscovery(() => {
      for (const key of change.edited) this.#publisher.updatePlatform(key);
      this.#publisher.apply(change, ids);
    });
    this.#endLeftovers(update.problems);
    this.#subscribers.tell({ topic: "problems" });
    this.#checkReady();
  }

  /** Once, and only when nothing is wrong with the objects: a Gateway that can't be read is not a Gateway that is gone. */
  #endLeftovers(problems: readonly Problem[]): void {
    if (this.#hasEndedLeftovers || problems.some(({ severity }) => severity === "error")) return;
    this.#hasEndedLeftovers = true;
    this.#tasks.push(this.#proxies.endOthers());
  }

  #checkReady(): void {
    if (!this.#hasConfig || (this.#api && !this.#api.endpoint)) return;
    const gateways = this.#estate.routing.gateways();
    if (!gateways.every((gateway) => this.#board.programmed.state(gateway)?.kind === "live")) return;
    this.#wasReady = true;
    this.#events?.start();
    this.#isReady.resolve();
  }

  #checkCertificates(): void {
    const change = this.#estate.checkExpiry(Date.now());
    if (!change) return;
    this.#publisher.apply(change);
    this.#subscribers.tell({ topic: "problems" });
  }
}
