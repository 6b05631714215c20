/** What the resource API says, as its clients see it. The forms are Kubernetes' (apimachinery, meta/v1). */
import type { RawObject } from "../model/object-meta.ts";
import type { Problem } from "../model/problem.ts";

/** metav1.Status, as far as a client reads it. */
export interface ApiStatus {
  readonly kind: "Status";
  readonly status?: "Success" | "Failure";
  readonly message?: string;
  /** "NotFound", "Conflict", …; see api/status/status.ts. */
  readonly reason?: string;
  readonly code?: number;
  readonly details?: ApiStatusDetails;
}

export interface ApiStatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly ApiStatusCause[];
  readonly retryAfterSeconds?: number;
}

export interface ApiStatusCause {
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  /** "spec.rules[0].backendRefs[1].weight" */
  readonly field?: string | undefined;
}

/** A Problem of the API's that keeps the Status it was made of. */
export interface ApiProblem extends Problem {
  readonly status?: ApiStatus;
}

export type ApiAnswer<T> = { readonly value: T } | { readonly problem: ApiProblem };

/** One page of a list, or all of it. */
export interface ApiList {
  readonly items: readonly RawObject[];
  /** Where a watch goes on. */
  readonly resourceVersion: string;
  /** How many follow; absent when there are none or nobody knows. */
  readonly remaining?: number | undefined;
}

/** metav1.Table. */
export interface ApiTable {
  readonly kind: "Table";
  readonly metadata: { readonly resourceVersion?: string; readonly continue?: string };
  readonly columnDefinitions: readonly ApiTableColumn[];
  readonly rows: readonly ApiTableRow[];
}

export interface ApiTableColumn {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly description: string;
  /** 0 is always shown, more only in wide output. */
  readonly priority: number;
}

export interface ApiTableRow {
  readonly cells: readonly (string | number | boolean | null)[];
  /** Its metadata at least (PartialObjectMetadata), unless none was asked for. */
  readonly object: { readonly metadata: RawObject["metadata"] } | null;
}

/** A resource that the API serves, in the version that it prefers. */
export interface ApiResource {
  /** "" for core kinds. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** The plural, which URLs have: "httproutes". */
  readonly resource: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  /** "status" */
  readonly subresources: readonly string[];
}

export type WatchEvent =
  | { readonly type: "ADDED" | "MODIFIED" | "DELETED"; readonly object: RawObject }
  /** All that was there at the start has been told. */
  | { readonly type: "SYNCED" };
