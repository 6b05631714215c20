/** The part of OpenAPI 3.0 that the documents here use. */
import type { GroupVersionKind, JsonSchema } from "../../model/json-schema.ts";

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query";
  readonly description: string;
  readonly required?: true;
  readonly schema: JsonSchema;
}

/** By media type. */
export type Content = Readonly<Record<string, { readonly schema: JsonSchema }>>;

export interface RequestBody {
  readonly required?: true;
  readonly content: Content;
}

export interface Response {
  readonly description: string;
  readonly content: Content;
}

export interface Operation {
  readonly tags: readonly string[];
  readonly description: string;
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: RequestBody;
  /** By status code, or "default". */
  readonly responses: Readonly<Record<string, Response>>;
  readonly "x-kubernetes-action"?: Action;
  readonly "x-kubernetes-group-version-kind"?: GroupVersionKind;
}

export type Action = "list" | "get" | "post" | "put" | "patch" | "delete" | "deletecollection";
export type Method = "get" | "post" | "put" | "patch" | "delete";

export type PathItem = { readonly [Each in Method]?: Operation } & { readonly parameters?: readonly Parameter[] };
export type Paths = Readonly<Record<string, PathItem>>;

export interface OpenApiDocument {
  readonly openapi: "3.0.0";
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Paths;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly securitySchemes: Readonly<Record<string, unknown>>;
  };
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
}
