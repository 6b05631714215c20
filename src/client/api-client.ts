/** The resource API and the pages about the running control plane, as methods. Every failure is a value. */
import type { IncomingMessage } from "node:http";
import type { ObjectKey } from "../model/keys.ts";
import type { RawObject } from "../model/object-meta.ts";
import type { Problem } from "../model/problem.ts";
import type { TraceRequest, TraceResult } from "../model/trace.ts";
import { apiVersionOfResource, discover } from "./api-resources.ts";
import { type ApiCall, ApiTransport, type Connection } from "./api-transport.ts";
import type { ApiAnswer, ApiList, ApiResource, ApiStatus, ApiTable, WatchEvent } from "./api-types.ts";
import type {
  CompileFilter,
  CompileStage,
  InfoView,
  KindView,
  ObjectFilter,
  ObjectView,
  ProxyView,
  ServiceView,
} from "./local-types.ts";
import { type ListOptions, listAll, listPages, tablePages } from "./object-list.ts";
import { type WatchOptions, watchObjects } from "./object-watch.ts";
import type { PlanAnswer } from "./plan-view.ts";
import { type ResourceRef, resourcePath, withQuery } from "./resource-path.ts";

export interface WriteOptions {
  readonly dryRun?: boolean | undefined;
  /** What becomes of unknown fields: Warn unless given. */
  readonly fieldValidation?: "Strict" | "Warn" | "Ignore" | undefined;
}

export interface DeleteOptions {
  readonly dryRun?: boolean | undefined;
  readonly propagation?: "Background" | "Foreground" | "Orphan" | undefined;
  /** Only the object with this uid. */
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
}

const PATCH_TYPES = {
  merge: "application/merge-patch+json",
  json: "application/json-patch+json",
  strategic: "application/strategic-merge-patch+json",
} as const;

export type PatchType = keyof typeof PATCH_TYPES;

export interface ClientOptions {
  /** Gets the API's warnings, such as of fields that it doesn't know. */
  readonly onWarning?: (text: string) => void;
}

export class ApiClient {
  readonly #transport: ApiTransport;
  #resources: Promise<ApiAnswer<readonly ApiResource[]>> | undefined;

  constructor(connection: Connection, { onWarning }: ClientOptions = {}) {
    this.#transport = new ApiTransport(connection, onWarning);
  }

  get connection(): Connection {
    return this.#transport.connection;
  }

  /** Lets go of its connections. A process that ends need not call it. */
  close(): void {
    this.#transport.close();
  }

  /** All that the API serves; asked once. */
  resources(): Promise<ApiAnswer<readonly ApiResource[]>> {
    this.#resources ??= discover(this.#transport);
    return this.#resources;
  }

  /** @param namespace "" for kinds without */
  get(resource: ResourceRef, namespace: string, name: string): Promise<ApiAnswer<RawObject>> {
    return this.request("GET", resourcePath(resource, namespace, name));
  }

  /** The whole list, in pages behind the scenes. @param namespace "" for all */
  list(resource: ApiResource, namespace: string, options: ListOptions = {}): Promise<ApiAnswer<ApiList>> {
    return listAll(this.#transport, resource, namespace, options);
  }

  /** The list page by page, all as of one moment. A problem is the last thing that comes. */
  pages(resource: ApiResource, namespace: string, options: ListOptions = {}): AsyncIterable<ApiAnswer<ApiList>> {
    return listPages(this.#transport, resource, namespace, options);
  }

  /** As `pages`, in the API's columns. With a name the table of one object, which is a problem when it isn't there. */
  tables(
    resource: ApiResource,
    namespace: string,
    options: ListOptions & { readonly name?: string } = {},
  ): AsyncIterable<ApiAnswer<ApiTable>> {
    return tablePages(this.#transport, resource, namespace, options);
  }

  /**
   * What is there, then SYNCED, then each change. Goes on over lost connections and expired revisions, whose changes it
   * finds by listing anew; ends with a problem, or when `signal` aborts.
   */
  watch(resource: ApiResource, namespace: string, options: WatchOptions): AsyncIterable<ApiAnswer<WatchEvent>> {
    return watchObjects(this.#transport, resource, namespace, options);
  }

  create(
    resource: ResourceRef,
    namespace: string,
    object: object,
    options: WriteOptions = {},
  ): Promise<ApiAnswer<RawObject>> {
    return this.request("POST", withQuery(resourcePath(resource, namespace), writeQuery(options)), object);
  }

  /** @param object whole; with a resourceVersion only if that is still the newest */
  replace(
    resource: ResourceRef,
    namespace: string,
    name: string,
    object: object,
    options: WriteOptions = {},
  ): Promise<ApiAnswer<RawObject>> {
    return this.request("PUT", withQuery(resourcePath(resource, namespace, name), writeQuery(options)), object);
  }

  patch(
    resource: ResourceRef,
    namespace: string,
    name: string,
    type: PatchType,
    patch: object,
    options: WriteOptions & { readonly subresource?: "status" } = {},
  ): Promise<ApiAnswer<RawObject>> {
    const path = resourcePath(resource, namespace, name, options.subresource);
    return this.#transport.json({
      method: "PATCH",
      path: withQuery(path, writeQuery(options)),
      body: JSON.stringify(patch),
      contentType: PATCH_TYPES[type],
    });
  }

  /** @returns a Status when it is gone, the object while finalizers hold it */
  delete(
    resource: ResourceRef,
    namespace: string,
    name: string,
    { dryRun, propagation, uid, resourceVersion }: DeleteOptions = {},
  ): Promise<ApiAnswer<RawObject | ApiStatus>> {
    const preconditions =
      uid === undefined && resourceVersion === undefined ? {} : { preconditions: { uid, resourceVersion } };
    return this.request("DELETE", resourcePath(resource, namespace, name), {
      apiVersion: "v1",
      kind: "DeleteOptions",
      ...(propagation === undefined ? {} : { propagationPolicy: propagation }),
      ...(dryRun ? { dryRun: ["All"] } : {}),
      ...preconditions,
    });
  }

  /** Asks a question of authorization.k8s.io or authentication.k8s.io. @returns its status */
  async review<T>(group: string, resource: string, kind: string, spec: object): Promise<ApiAnswer<T>> {
    const ref = { group, version: "v1", resource, namespaced: false };
    const answer = await this.create(ref, "", { apiVersion: apiVersionOfResource(ref), kind, spec });
    return "problem" in answer ? answer : { value: answer.value.status as T };
  }

  /** Any path; the body and the answer are JSON. */
  request<T>(method: string, path: string, body?: object): Promise<ApiAnswer<T>> {
    return this.#transport.json({ method, path, body: body === undefined ? undefined : JSON.stringify(body) });
  }

  /** The answer as it arrives. The caller reads it to its end or destroys it. */
  stream(
    path: string,
    options: Pick<ApiCall, "signal" | "accept" | "silenceMs"> = {},
  ): Promise<ApiAnswer<IncomingMessage>> {
    return this.#transport.open({ method: "GET", path, ...options });
  }

  info(): Promise<ApiAnswer<InfoView>> {
    return this.request("GET", "/landbridge/v1/info");
  }

  kinds(): Promise<ApiAnswer<readonly KindView[]>> {
    return this.request("GET", "/landbridge/v1/kinds");
  }

  /** With origin and time of reading, which plain objects don't have. */
  objects(filter: ObjectFilter): Promise<ApiAnswer<readonly ObjectView[]>> {
    return this.request("GET", withQuery("/landbridge/v1/objects", { ...filter }));
  }

  /** null when there is no such service. */
  service(key: ObjectKey): Promise<ApiAnswer<ServiceView | null>> {
    return this.request("GET", withQuery("/landbridge/v1/service", { key }));
  }

  proxies(): Promise<ApiAnswer<readonly ProxyView[]>> {
    return this.request("GET", "/landbridge/v1/proxies");
  }

  problems(): Promise<ApiAnswer<readonly Problem[]>> {
    return this.request("GET", "/landbridge/v1/problems");
  }

  compile(stage: CompileStage, filter: CompileFilter): Promise<ApiAnswer<unknown>> {
    return this.request("GET", withQuery("/landbridge/v1/compile", { stage, ...filter }));
  }

  trace(query: TraceRequest): Promise<ApiAnswer<TraceResult>> {
    return this.request("POST", "/landbridge/v1/trace", query);
  }

  /** What writing the objects would change, and deleting those that `remove` names. */
  plan(objects: readonly object[], remove: readonly ObjectKey[] = []): Promise<ApiAnswer<PlanAnswer>> {
    return this.request("POST", "/landbridge/v1/plan", { objects, remove });
  }

  /** Entries of the audit journal behind `after`; it begins with 1. */
  audit(after: number, limit?: number): Promise<ApiAnswer<unknown>> {
    return this.request(
      "GET",
      withQuery("/landbridge/v1/audit", {
        after: String(after),
        limit: limit === undefined ? undefined : String(limit),
      }),
    );
  }

  verifyAudit(): Promise<ApiAnswer<unknown>> {
    // Reads the whole journal, which takes as long as it is.
    return this.#transport.json({ method: "GET", path: "/landbridge/v1/audit/verify", silenceMs: 0 });
  }

  /** The store as one SQLite file. */
  backup(): Promise<ApiAnswer<IncomingMessage>> {
    return this.stream("/landbridge/v1/backup", { silenceMs: 0 });
  }
}

function writeQuery({ dryRun, fieldValidation }: WriteOptions) {
  return { dryRun: dryRun ? "All" : undefined, fieldValidation, fieldManager: "landbridge" };
}
