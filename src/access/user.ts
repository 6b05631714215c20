/** Who asks, as authentication found out; names and groups as Kubernetes has them. */
export interface User {
  readonly name: string;
  /** Always with "system:authenticated". */
  readonly groups: readonly string[];
  readonly credential: Credential;
}

export type Credential =
  /** `name` is the AccessToken object's. Times are milliseconds since 1970; undefined: the object has to be deleted. */
  | { readonly kind: "token"; readonly name: string; readonly expires: number | undefined }
  /** A client certificate of the API's own authority; `serial` in hexadecimal digits. */
  | { readonly kind: "certificate"; readonly serial: string; readonly expires: number }
  /** The token that the first start makes. */
  | { readonly kind: "bootstrap" };

/** Everybody whom authentication knows. */
export const AUTHENTICATED_GROUP = "system:authenticated";

/** What somebody wants to do: the attributes of Kubernetes' authorization, SubjectAccessReview's spec. */
export type Attributes = ResourceAttributes | PathAttributes;

export interface ResourceAttributes {
  readonly kind: "resource";
  /** get, list, watch, create, update, patch, delete, deletecollection; also use, attach, bind, escalate, impersonate. */
  readonly verb: string;
  /** "" for core kinds. */
  readonly group: string;
  /** Plural: "httproutes". */
  readonly resource: string;
  /** "" for the object itself. */
  readonly subresource: string;
  /** "" for all namespaces and for kinds that have none. */
  readonly namespace: string;
  /** "" when the request is for no single object. */
  readonly name: string;
}

export interface PathAttributes {
  readonly kind: "path";
  /** get, post, …: the method in lower case. */
  readonly verb: string;
  readonly path: string;
}

export interface AccessDecision {
  readonly allowed: boolean;
  /** For people: which binding allows it, or what is missing. */
  readonly reason: string;
}
