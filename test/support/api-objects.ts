/** Objects that tests send to the resource API and get back from it, as plain JSON. */
import { apiKindNamed } from "../../src/model/api-kinds.ts";
import { apiVersionOf, type KindDefinition } from "../../src/model/kind-definition.ts";
import type { RawMeta } from "../../src/model/object-meta.ts";
import type { ApiAnswer, ApiRequestInit } from "./api-client.ts";

/** What a test writes. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Partial<RawMeta>;
  readonly [field: string]: unknown;
}

/** What the API shows. */
export interface Shown extends Manifest {
  readonly metadata: RawMeta & {
    readonly uid: string;
    readonly resourceVersion: string;
    readonly creationTimestamp: string;
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

/** A list of objects in JSON. */
export interface ShownList {
  readonly kind: string;
  readonly metadata: {
    readonly resourceVersion: string;
    readonly continue?: string;
    readonly remainingItemCount?: number;
  };
  readonly items: readonly Shown[];
}

/** metav1.Table. */
export interface ShownTable {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: ShownList["metadata"];
  readonly columnDefinitions: readonly { readonly name: string; readonly priority: number }[];
  readonly rows: readonly { readonly cells: readonly unknown[]; readonly object: Shown | null }[];
}

/** metav1.Status, as far as tests look at it. */
export interface ShownStatus {
  readonly kind: "Status";
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly code: number;
  readonly details?: {
    readonly name?: string;
    readonly group?: string;
    readonly kind?: string;
    readonly uid?: string;
    readonly causes?: readonly { readonly reason?: string; readonly field?: string; readonly message: string }[];
  };
}

export type PatchType = "json-patch" | "merge-patch" | "strategic-merge-patch";

/** Names one object, or with the name left out all of a kind. */
export interface ObjectPlace {
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  /** The first of its kind when left out. */
  readonly version?: string;
}

export function pathOf({ kind, namespace = "", name = "", version }: ObjectPlace): string {
  const definition = kindOf(kind);
  const apiVersion = apiVersionOf(definition, version);
  const root = definition.group === "" ? `/api/${apiVersion}` : `/apis/${apiVersion}`;
  const within = namespace === "" ? "" : `/namespaces/${namespace}`;
  return `${root}${within}/${definition.plural}${name === "" ? "" : `/${encodeURIComponent(name)}`}`;
}

/** Of the kind's first version. `namespace` "" makes an object of a kind without. */
export function manifest(
  kind: string,
  namespace: string,
  metadata: string | Partial<RawMeta>,
  fields: Readonly<Record<string, unknown>> = {},
): Manifest {
  const named = typeof metadata === "string" ? { name: metadata } : metadata;
  return {
    apiVersion: apiVersionOf(kindOf(kind)),
    kind,
    metadata: { ...named, ...(namespace === "" ? {} : { namespace }) },
    ...fields,
  };
}

/** A Service with one port. */
export function service(namespace: string, metadata: string | Partial<RawMeta>, port = 80): Manifest {
  return manifest("Service", namespace, metadata, { spec: { ports: [{ name: "http", port }] } });
}

/** An HTTPRoute for the Gateway infra/edge, to a Service of its namespace. */
export function route(namespace: string, metadata: string | Partial<RawMeta>, host: string, to = "web"): Manifest {
  return manifest("HTTPRoute", namespace, metadata, {
    spec: {
      parentRefs: [{ name: "edge", namespace: "infra" }],
      hostnames: [host],
      rules: [{ backendRefs: [{ name: to, port: 80 }] }],
    },
  });
}

/** `values` as they are, not in base64. */
export function secret(
  namespace: string,
  metadata: string | Partial<RawMeta>,
  values: Readonly<Record<string, string>>,
): Manifest {
  return manifest("Secret", namespace, metadata, { stringData: values });
}

type Fetch = (path: string, init?: ApiRequestInit) => Promise<ApiAnswer>;

/** The verbs on objects, for whoever `fetch` asks as. Answers are looked at by the caller, unless a name says otherwise. */
export class ObjectRequests {
  readonly #fetch: Fetch;

  constructor(fetch: Fetch) {
    this.#fetch = fetch;
  }

  create(object: Manifest, query = ""): Promise<ApiAnswer> {
    const { kind, metadata } = object;
    return this.#fetch(pathOf({ kind, namespace: metadata.namespace }) + query, { method: "POST", json: object });
  }

  /** Throws when it isn't made. */
  async make(object: Manifest): Promise<Shown> {
    return shown(await this.create(object), 201);
  }

  get(place: ObjectPlace, query = ""): Promise<ApiAnswer> {
    return this.#fetch(pathOf(place) + query);
  }

  /** Throws when it isn't there. */
  async read(place: ObjectPlace): Promise<Shown> {
    return shown(await this.get(place), 200);
  }

  /** Throws when it is no list. */
  async list(place: ObjectPlace, query = ""): Promise<ShownList> {
    const answer = await this.get(place, query);
    if (answer.status !== 200) throw new Error(answer.text);
    return answer.json() as unknown as ShownList;
  }

  /** @param rest "/status", or a query */
  update(object: Manifest, rest = ""): Promise<ApiAnswer> {
    return this.#fetch(pathOf({ kind: object.kind, ...object.metadata }) + rest, { method: "PUT", json: object });
  }

  patch(place: ObjectPlace, patch: unknown, type: PatchType = "merge-patch", rest = ""): Promise<ApiAnswer> {
    const headers = { "content-type": `application/${type}+json` };
    return this.#fetch(pathOf(place) + rest, { method: "PATCH", headers, body: JSON.stringify(patch) });
  }

  /** @param options DeleteOptions */
  remove(place: ObjectPlace, options?: Readonly<Record<string, unknown>>, query = ""): Promise<ApiAnswer> {
    return this.#fetch(pathOf(place) + query, { method: "DELETE", ...(options && { json: options }) });
  }
}

/** The object of an answer with that code; throws when it has another. */
export function shown(answer: ApiAnswer, code: number): Shown {
  if (answer.status !== code) throw new Error(`${answer.status} instead of ${code}: ${answer.text}`);
  return answer.json() as unknown as Shown;
}

export function statusOf(answer: ApiAnswer): ShownStatus {
  return answer.json() as unknown as ShownStatus;
}

/** For one assertion: "409 Conflict". */
export function outcomeOf(answer: ApiAnswer): string {
  const { reason } = statusOf(answer);
  return reason === undefined ? String(answer.status) : `${answer.status} ${reason}`;
}

function kindOf(kind: string): KindDefinition {
  const definition = apiKindNamed(kind);
  if (!definition) throw new Error(`the API has no ${kind}`);
  return definition;
}
