/** What a change would do, before it is made. Plain data: each value survives JSON unchanged. */
import type { ObjectKey } from "../model/keys.ts";
import type { Problem } from "../model/problem.ts";

/** Every list is sorted, and has no entry for what stays as it is, except that `objects` names all that were given. */
export interface PlanView {
  readonly objects: readonly PlannedObject[];
  /** What requests would notice. */
  readonly hosts: readonly PlannedHost[];
  readonly proxies: readonly PlannedProxies[];
  readonly statuses: readonly PlannedStatus[];
  readonly problems: { readonly added: readonly Problem[]; readonly removed: readonly Problem[] };
}

/** What the API answers: the plan of what it would take, and what it wouldn't. */
export interface PlanAnswer extends PlanView {
  readonly refusals: readonly PlanRefusal[];
}

export interface PlanRefusal {
  readonly key: ObjectKey;
  /** A metav1.Status' reason, message and causes. */
  readonly reason: string;
  readonly message: string;
  readonly causes: readonly { readonly field?: string | undefined; readonly message: string }[];
}

export interface PlannedObject {
  readonly key: ObjectKey;
  /** "unchanged" also for an object to be deleted that isn't there. */
  readonly change: "create" | "update" | "delete" | "unchanged";
}

export interface PlannedHost {
  readonly gateway: ObjectKey;
  /** May be a wildcard: "*.example.com", "*". */
  readonly hostname: string;
  readonly port: number;
  readonly change: "added" | "changed" | "removed";
  /** routes: which requests go where, and how. weights: how a service's traffic is split. backends: how they are reached. */
  readonly by: readonly HostAspect[];
}

export type HostAspect = "routes" | "weights" | "backends";
export const HOST_ASPECTS: readonly HostAspect[] = ["routes", "weights", "backends"];

/** The proxies of one gateway. */
export interface PlannedProxies {
  readonly gateway: ObjectKey;
  /** Of the gateway itself. */
  readonly change: "added" | "changed" | "removed";
  /** By type and name: "Cluster:hybrid/shop/front/vm". */
  readonly resources: {
    readonly added: readonly string[];
    readonly changed: readonly string[];
    readonly removed: readonly string[];
  };
}

export interface PlannedStatus {
  readonly object: ObjectKey;
  readonly conditions: readonly PlannedCondition[];
}

/** Without `before` it is new, without `after` it goes. */
export interface PlannedCondition {
  /** "" for the object itself, else "listener web" or "parent Gateway/infra/edge". */
  readonly of: string;
  readonly type: string;
  readonly before?: ConditionState | undefined;
  readonly after?: ConditionState | undefined;
}

export interface ConditionState {
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
}
