/** What a plan changes of the resources that proxies have. */
import type { PlannedProxies } from "../../client/plan-view.ts";
import type { CompileDelta } from "../../compiler/compiler.ts";
import { type EnvoyResource, type ResourceType, resourceId } from "../../compiler/envoy/resource.ts";
import type { ObjectKey } from "../../model/keys.ts";

export interface ResourceDifference {
  readonly gateway: ObjectKey;
  readonly type: ResourceType;
  readonly name: string;
  readonly change: "added" | "changed" | "removed";
}

/** Without resources of which proxies would notice nothing: who owns them, for instance. */
export function resourceDifferences(
  changes: CompileDelta["resources"],
  before: (gateway: ObjectKey, type: ResourceType, name: string) => EnvoyResource | undefined,
): ResourceDifference[] {
  return [...changes].flatMap(([gateway, ofGateway]) =>
    ofGateway.flatMap(({ type, name, resource }) => {
      const old = before(gateway, type, name);
      if (old?.version === resource?.version) return [];
      const change = !old ? "added" : resource ? "changed" : "removed";
      return [{ gateway, type, name, change } as const];
    }),
  );
}

export function plannedProxies(
  differences: readonly ResourceDifference[],
  { gatewaysAdded, gatewaysRemoved }: Pick<CompileDelta, "gatewaysAdded" | "gatewaysRemoved">,
): PlannedProxies[] {
  const byGateway = Map.groupBy(differences, ({ gateway }) => gateway);
  const gateways = new Set([...byGateway.keys(), ...gatewaysAdded, ...gatewaysRemoved]);
  return [...gateways].sort().map((gateway) => {
    const named = (wanted: ResourceDifference["change"]) =>
      (byGateway.get(gateway) ?? [])
        .filter(({ change }) => change === wanted)
        .map(({ type, name }) => resourceId(type, name))
        .sort();
    const change = gatewaysAdded.includes(gateway)
      ? "added"
      : gatewaysRemoved.includes(gateway)
        ? "removed"
        : "changed";
    return {
      gateway,
      change,
      resources: { added: named("added"), changed: named("changed"), removed: named("removed") },
    };
  });
}
