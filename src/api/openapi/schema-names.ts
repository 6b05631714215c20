/** What schemas are called, so that tools that know Kubernetes' names find what they look for. */
import { type JsonSchema, META_SCHEMAS, schemaRef } from "../../model/json-schema.ts";
import type { KindDefinition } from "../../model/kind-definition.ts";

/** Groups that Kubernetes itself has: named by their Go packages. */
const PACKAGES: Readonly<Record<string, string>> = {
  "": "io.k8s.api.core",
  "discovery.k8s.io": "io.k8s.api.discovery",
  "rbac.authorization.k8s.io": "io.k8s.api.rbac",
  "authorization.k8s.io": "io.k8s.api.authorization",
  "authentication.k8s.io": "io.k8s.api.authentication",
};

/** "io.k8s.api.core.v1.Secret"; other groups are turned around: "dev.landbridge.v1alpha1.HybridService". */
export function schemaName(group: string, version: string, kind: string): string {
  const name = Object.hasOwn(PACKAGES, group) ? PACKAGES[group] : group.split(".").reverse().join(".");
  return `${name}.${version}.${kind}`;
}

export function kindRef({ group, kind }: Pick<KindDefinition, "group" | "kind">, version: string): JsonSchema {
  return schemaRef(schemaName(group, version, kind));
}

export function listRef({ group, kind }: Pick<KindDefinition, "group" | "kind">, version: string): JsonSchema {
  return schemaRef(schemaName(group, version, `${kind}List`));
}

/** What all kinds share: metaRef("Status"). */
export function metaRef(name: string): JsonSchema {
  return schemaRef(`${META_SCHEMAS}.${name}`);
}

/** "CoreV1", "GatewayNetworkingV1": the group's words without the domain that Kubernetes' own groups have. */
export function operationScope(group: string, version: string): string {
  const words = group === "" ? ["core"] : group.replace(/\.k8s\.io$/, "").split(".");
  return [...words, version].map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}
