import type * as z from "zod";
import type { ObjectMeta, ResourceEnvelope } from "./metadata.ts";
import type { Finding } from "./mistake.ts";

/**
 * What names of a kind's objects must look like: RFC 1123 subdomain or label, RFC 1035 label, or anything that can be
 * one element of a URL's path (RBAC, so that "system:node" is a name).
 */
export type NameRule = "subdomain" | "label" | "label1035" | "pathSegment";

/** Resources are never changed once parsed: a change is a new object. */
export type Immutable<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends readonly (infer Element)[]
    ? readonly Immutable<Element>[]
    : { readonly [Key in keyof T]: Immutable<T[Key]> };

/** An object of a kind: the envelope, and what the kind's schema makes of the rest. */
export type Resource<Kind extends string, Body> = ResourceEnvelope & { readonly kind: Kind } & Immutable<Body>;

/** All that the rest of the program knows of a kind. One file makes one; kinds.ts lists them. */
export interface KindDefinition<Kind extends string = string, Schema extends z.ZodObject = z.ZodObject> {
  readonly kind: Kind;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  /** Names that stand for several kinds at once: `kubectl get landbridge`. */
  readonly categories?: readonly string[];
  /** "" for core kinds. */
  readonly group: string;
  /** All that are read; the first is what an object has afterwards. */
  readonly versions: readonly [string, ...string[]];
  readonly namespaced: boolean;
  readonly nameRule: NameRule;
  readonly description: string;
  /** The object without apiVersion, kind, metadata and status. */
  readonly schema: Schema;
  /** Fills in defaults that depend on other fields. */
  complete?(body: z.output<Schema>, metadata: ObjectMeta): z.output<Schema>;
  /** The rules that hold between fields. Runs only on objects whose fields are right one by one. */
  check?(resource: Resource<Kind, z.output<Schema>>): readonly Finding[];
}

/** Names the types of a definition once, so that `complete` and `check` see the schema's output. */
export function defineKind<const Kind extends string, Schema extends z.ZodObject>(
  definition: KindDefinition<Kind, Schema>,
): KindDefinition<Kind, Schema> {
  return definition;
}

/** "gateway.networking.k8s.io/v1", or "v1" for core kinds. */
export function apiVersionOf(definition: KindDefinition, version: string = definition.versions[0]): string {
  return definition.group === "" ? version : `${definition.group}/${version}`;
}

export const GATEWAY_API_GROUP = "gateway.networking.k8s.io";
export const LANDBRIDGE_GROUP = "landbridge.dev";
export const RBAC_GROUP = "rbac.authorization.k8s.io";
