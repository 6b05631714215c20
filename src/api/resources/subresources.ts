/** What each kind can do beyond being read and written whole. */
import type { KindDefinition } from "../../model/kind-definition.ts";

/** Kinds whose status is written apart from the rest. */
const WITH_STATUS: ReadonlySet<string> = new Set([
  "GatewayClass",
  "Gateway",
  "HTTPRoute",
  "HybridService",
  "Platform",
  "Namespace",
  "Service",
]);

export function hasStatus({ kind }: KindDefinition): boolean {
  return WITH_STATUS.has(kind);
}

const READ = ["get", "list", "watch"] as const;
const ALL = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"] as const;

/**
 * The verbs of a kind, as discovery lists them. Events are made by the control plane alone; Namespaces can't be deleted all at
 * once, as in Kubernetes.
 */
export function verbsOf({ kind }: KindDefinition): readonly string[] {
  if (kind === "Event") return READ;
  return kind === "Namespace" ? ALL.filter((verb) => verb !== "deletecollection") : ALL;
}

export const STATUS_VERBS: readonly string[] = ["get", "patch", "update"];

/** Kinds whose lists are merged by strategic merge patch: those that kubectl knows from Kubernetes itself. */
export function takesStrategicPatch({ group }: Pick<KindDefinition, "group">): boolean {
  return group === "" || group === "rbac.authorization.k8s.io" || group === "discovery.k8s.io";
}
