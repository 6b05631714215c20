/** Statuses as the Gateway API shapes them, without times: whoever stores them adds lastTransitionTime. */
import type { Condition } from "../model/conditions.ts";

export interface ParentReferenceStatus {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly sectionName?: string | undefined;
  readonly port?: number | undefined;
}

export interface RouteParentStatus {
  readonly parentRef: ParentReferenceStatus;
  readonly controllerName: string;
  readonly conditions: readonly Condition[];
}

export interface ListenerStatus {
  readonly name: string;
  readonly supportedKinds: readonly { readonly group: string; readonly kind: string }[];
  readonly attachedRoutes: number;
  readonly conditions: readonly Condition[];
}

export interface ObjectStatus {
  readonly conditions?: readonly Condition[] | undefined;
  readonly parents?: readonly RouteParentStatus[] | undefined;
  readonly listeners?: readonly ListenerStatus[] | undefined;
  readonly addresses?: readonly { readonly type: string; readonly value: string }[] | undefined;
}

export const CONTROLLER_NAME = "landbridge.dev/gateway-controller";
