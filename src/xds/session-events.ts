/** What goes into a session and what comes out of it: plain data. Times are milliseconds of the caller's clock. */
import type { EnvoyResource, ResourceId } from "../compiler/envoy/resource.ts";
import type { DeltaRequest } from "./delta-request.ts";
import type { DeltaResponse } from "./delta-response.ts";
import type { OfferChange } from "./wanted-resources.ts";

export type SessionEvent =
  | { readonly kind: "request"; readonly request: DeltaRequest }
  /** Offers of the fleet changed; they are in effect already. */
  | { readonly kind: "changed"; readonly changes: readonly OfferChange[] }
  /** The time that a wakeAt asked for has come (early or late does no harm). */
  | { readonly kind: "time" };

export type SessionAction =
  | { readonly kind: "send"; readonly response: DeltaResponse }
  /** The client has this version in use. */
  | { readonly kind: "accepted"; readonly id: ResourceId; readonly version: string }
  | { readonly kind: "refused"; readonly refusal: RefusedResource }
  /** Wants a "time" event then. Supersedes earlier ones. */
  | { readonly kind: "wakeAt"; readonly time: number };

export interface RefusedResource {
  readonly resource: EnvoyResource;
  /** Envoy's words. */
  readonly message: string;
  /**
   * "configuration": these bytes will never work. "outside": the machine is in the way, for instance another program
   * has the port; it is tried again at retryAt.
   */
  readonly cause: "configuration" | "outside";
  readonly retryAt: number | undefined;
}
