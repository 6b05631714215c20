/**
 * The resource API of a control plane: its store, the registry of all objects, who may do what, and the HTTPS server.
 */
import { randomBytes, randomUUID } from "node:crypto";
import { join } from "node:path";
import { type ApiAuthority, openApiAuthority } from "../access/api-authority.ts";
import { Authenticator } from "../access/authenticate.ts";
import { openBootstrapToken } from "../access/bootstrap.ts";
import { AccessPolicy } from "../access/rbac/access-policy.ts";
import { READY_MADE_BINDINGS, READY_MADE_ROLES } from "../access/ready-made.ts";
import { PolicySync } from "../api/access/policy-sync.ts";
import { AuditTrail, type Requester } from "../api/audit/audit-trail.ts";
import type { ControlView } from "../api/local/control-view.ts";
import { controlRoutes } from "../api/paths/control-routes.ts";
import { discoveryRoutes } from "../api/paths/discovery-routes.ts";
import { randomSuffix } from "../api/resources/access-tokens.ts";
import { ObjectWriter } from "../api/resources/object-writer.ts";
import { ResourceService } from "../api/resources/resource-service.ts";
import { ApiHandler, type ObservedRequest } from "../api/server/api-handler.ts";
import { type HttpsServer, type ServerLimits, startHttpsServer } from "../api/server/https-server.ts";
import { WatchBoard } from "../api/server/watch-board.ts";
import { FixedSource } from "../config/fixed-source.ts";
import type { Logger } from "../lib/log.ts";
import { apiKindNamed } from "../model/api-kinds.ts";
import type { ObjectKey } from "../model/keys.ts";
import type { AnyResource } from "../model/kinds.ts";
import type { RawObject } from "../model/object-meta.ts";
import { readObject } from "../model/object-reader.ts";
import type { Problem } from "../model/problem.ts";
import type { DerivedStatus } from "../registry/compose.ts";
import { GarbageCollector } from "../registry/garbage-collector.ts";
import { NamespaceCleaner } from "../registry/namespace-cleaner.ts";
import { BUILT_IN, Registry } from "../registry/registry.ts";
import type { CleanerOptions } from "../registry/removal.ts";
import { StoreSource } from "../registry/store-source.ts";
import type { JournalNote, Store } from "../storage/store.ts";
import type { Observation } from "./observation.ts";
import { openStore, type StoreOptions } from "./resource-store.ts";
import { versionDocument } from "./version.ts";

export interface ResourceApiOptions extends StoreOptions {
  /** Where it listens; port 0 takes any free one. */
  readonly host: string;
  readonly port: number;
  /** Further names and addresses by which clients reach it: they are put into its certificate. */
  readonly names: readonly string[];
  /** What its clients may take up; as in https-server.ts where left out. */
  readonly limits?: Partial<ServerLimits>;
  /** How often watches are told how far they have come; a minute when left out, as in Kubernetes. Milliseconds. */
  readonly watchBookmarkMs?: number;
  /** How long a client may leave a watch unread before it is cut off; a minute when left out. Milliseconds. */
  readonly watchStallMs?: number;
}

const WATCH_BOOKMARK_MS = 60_000;
const WATCH_STALL_MS = 60_000;

export interface ResourceApiParts {
  readonly options: ResourceApiOptions;
  readonly statusOf: (key: ObjectKey) => DerivedStatus | undefined;
  readonly view: ControlView;
  readonly isReady: () => boolean;
  readonly logger: Logger;
  readonly observation: Observation;
}

/** Where a client finds the API, and what it has to trust. */
export interface ApiEndpoint {
  readonly url: string;
  readonly caPem: string;
}

export class ResourceApi {
  readonly registry: Registry;
  readonly store: Store;
  readonly storeSource: StoreSource;
  readonly builtInSource: FixedSource;
  readonly watches = new WatchBoard();
  readonly #parts: ResourceApiParts;
  readonly #authority: ApiAuthority;
  readonly #bootstrapHash: string;
  readonly #tasks: Promise<unknown>[] = [];
  readonly #stopped = new AbortController();
  #server: HttpsServer | undefined;

  private constructor(
    parts: ResourceApiParts,
    store: Store,
    registry: Registry,
    authority: ApiAuthority,
    bootstrapHash: string,
  ) {
    this.#parts = parts;
    this.store = store;
    this.registry = registry;
    this.#authority = authority;
    this.#bootstrapHash = bootstrapHash;
    this.storeSource = new StoreSource(store);
    this.builtInSource = new FixedSource(BUILT_IN, [...READY_MADE_ROLES, ...READY_MADE_BINDINGS].map(builtIn));
  }

  /** Opens the store and reads it; nothing is served yet. */
  static async open(parts: ResourceApiParts): Promise<ResourceApi | Problem> {
    const { options, statusOf } = parts;
    const authority = await openApiAuthority(join(options.stateDir, "api"), options.names, Date.now);
    if ("problem" in authority) return authority.problem;
    const bootstrap = openBootstrapToken(options.stateDir, randomBytes(32));
    if ("problem" in bootstrap) return bootstrap.problem;
    const opened = await openStore(options);
    if ("code" in opened) return opened;
    const store = parts.observation.observed(opened);
    const following = new AbortController();
    const registry = await Registry.open({ store, statusOf, now: wholeSeconds }, following.signal);
    const api = new ResourceApi(parts, store, registry, authority, bootstrap.hash);
    api.#stopped.signal.addEventListener("abort", () => following.abort(), { once: true });
    await api.#ensureDefaultNamespace();
    return api;
  }

  get endpoint(): ApiEndpoint | undefined {
    const { host } = this.#parts.options;
    if (!this.#server) return undefined;
    const reachable = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
    const written = reachable.includes(":") ? `[${reachable}]` : reachable;
    return { url: `https://${written}:${this.#server.port}`, caPem: this.#authority.caPem };
  }

  /** Serves, and begins to clean up: to be called when all sources were read once. */
  async start(): Promise<Problem | undefined> {
    const { logger, options, view, isReady, observation } = this.#parts;
    const { metrics } = observation;
    const { signal } = this.#stopped;
    const policy = new AccessPolicy();
    const sync = new PolicySync(this.registry, policy, () => this.watches.accessChanged());
    await sync.start(signal);
    await this.registry.forgetPast();
    const authenticator = new Authenticator({
      token: (name) => sync.token(name),
      now: Date.now,
      bootstrapHash: this.#bootstrapHash,
    });
    const audit = new AuditTrail(this.store.journal, Date.now, (lost) => {
      metrics.auditEntry(lost === undefined ? "written" : "lost");
      if (lost !== undefined) logger.error("an entry of the audit journal was lost", { reason: lost });
    });
    const writer = new ObjectWriter({
      registry: this.registry,
      now: wholeSeconds,
      newUid: randomUUID,
      newSuffix: randomSuffix,
      trail: observation,
    });
    const handler = new ApiHandler({
      registry: this.registry,
      service: new ResourceService({ registry: this.registry, writer, policy, audit }),
      policy,
      authenticator,
      audit,
      watches: this.watches,
      health: (path) => health(path, isReady()),
      paths: new Map([
        ...discoveryRoutes(versionDocument()),
        ...controlRoutes({
          view,
          registry: this.registry,
          store: this.store,
          authority: this.#authority,
          policy,
          audit,
          stateDir: options.stateDir,
        }),
        [
          "get /metrics",
          async () => ({ kind: "text", type: metrics.contentType, text: await metrics.text() }) as const,
        ],
      ]),
      observe: (request) => this.#observe(request),
      onWatchEvent: () => metrics.watchEvents(),
      bookmarkMs: options.watchBookmarkMs ?? WATCH_BOOKMARK_MS,
      stallMs: options.watchStallMs ?? WATCH_STALL_MS,
      onDefect: (error, request) => logger.error("defect", { request, error }),
    });
    const server = await startHttpsServer({
      host: options.host,
      port: options.port,
      credentials: { ...this.#authority.serverCredentials(), caPem: this.#authority.caPem },
      onRequest: (request, response, admitted) => void handler.handle(request, response, admitted),
      signal,
      ...(options.limits && { limits: options.limits }),
    });
    if ("code" in server) return server;
    this.#server = server;
    const renewal = this.#authority.keepRenewed((credentials) =>
      server.setCredentials({ ...credentials, caPem: this.#authority.caPem }),
    );
    signal.addEventListener("abort", () => renewal.stop(), { once: true });
    this.#tasks.push(
      server.closed.then(() => audit.flush()),
      ...this.#startCleaners(audit, signal),
    );
    return undefined;
  }

  /** Never throws; may be called twice. */
  async stop(): Promise<void> {
    this.watches.close();
    this.#stopped.abort();
    for (const task of await Promise.allSettled(this.#tasks))
      if (task.status === "rejected") this.#parts.logger.error("a part did not end well", { error: task.reason });
    await this.store.close();
  }

  #observe({ id, verb, resource, code, seconds, user }: ObservedRequest): void {
    const { logger, observation } = this.#parts;
    if (code === 401) observation.metrics.authenticationRefused();
    observation.metrics.apiRequest({ verb, resource, code, seconds });
    logger.debug("request", { request: id, verb, resource, code, user, ms: Math.round(seconds * 10_000) / 10 });
  }

  #startCleaners(audit: AuditTrail, signal: AbortSignal): Promise<void>[] {
    const cleaner = (name: string): CleanerOptions => ({
      registry: this.registry,
      now: wholeSeconds,
      note: (verb, before, after) => audit.write(systemRequester(name), attributes(verb, before), before, after),
    });
    return [
      new GarbageCollector(cleaner("garbage-collector"), this.store).run(signal),
      new NamespaceCleaner(cleaner("namespace-cleaner"), this.store).run(signal),
    ];
  }

  /** As in every Kubernetes cluster. */
  async #ensureDefaultNamespace(): Promise<void> {
    const key = "Namespace//default";
    if (this.registry.stored(key)) return;
    const object: RawObject = {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "default", uid: randomUUID(), creationTimestamp: wholeSeconds(), generation: 1 },
    };
    const note: JournalNote = {
      type: "write",
      user: "system:landbridge",
      verb: "create",
      name: "default",
      after: object,
    };
    await this.registry.write([{ key, object, expected: 0 }], note);
  }
}

function health(path: string, isReady: boolean): { code: number; text: string } | undefined {
  if (path === "/livez" || path === "/healthz") return { code: 200, text: "ok" };
  if (path !== "/readyz") return undefined;
  return isReady ? { code: 200, text: "ok" } : { code: 503, text: "not ready: a gateway isn't live yet" };
}

function wholeSeconds(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}

function builtIn(object: object): AnyResource {
  const { resource, findings } = readObject(object as Record<string, unknown>);
  if (!resource) throw new Error(`a ready-made object is invalid: ${JSON.stringify(findings)}`);
  return resource;
}

function systemRequester(name: string): Requester {
  const user = { name: `system:landbridge:${name}`, groups: [], credential: { kind: "bootstrap" } as const };
  return { id: randomUUID(), user, from: "", userAgent: "" };
}

function attributes(verb: string, { apiVersion, kind, metadata }: RawObject) {
  const group = apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
  const { namespace = "", name } = metadata;
  return {
    kind: "resource",
    verb,
    group,
    resource: apiKindNamed(kind)?.plural ?? kind,
    subresource: "",
    namespace,
    name,
  } as const;
}
