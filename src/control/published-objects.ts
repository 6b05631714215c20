import type { ObjectKey } from "../model/keys.ts";
import { objectKey, parseObjectKey } from "../model/keys.ts";
import type { AnyResource } from "../model/kinds.ts";
import type { EstateChange } from "./estate.ts";

export interface Publication {
  readonly key: ObjectKey;
  readonly sequence: number;
  readonly generation: number | undefined;
  /** Gateways whose proxies must acknowledge before the object is live. */
  readonly gateways: readonly ObjectKey[];
}

/**
 * The objects that a change puts in force anew: edited ones, gateways that begin to serve, and routes that attach or
 * resolve differently, for they may be in force on a gateway that came after them.
 *
 * Which gateways such an object concerns: those that the edit changed something for, and those that it names itself.
 * Waiting for one too many is harmless; one too few would call something live that isn't.
 */
export function publishedObjects(
  change: EstateChange,
  sequence: number,
  resourceOf: (key: ObjectKey) => AnyResource | undefined,
  gateways: readonly ObjectKey[],
): Publication[] {
  const changed = gateways.filter((gateway) => change.resources.has(gateway));
  const routes = [...change.statuses.keys()].filter((key) => parseObjectKey(key).kind === "HTTPRoute");
  return [...new Set([...change.edited, ...change.gatewaysAdded, ...routes])].flatMap((key) => {
    const resource = resourceOf(key);
    if (!resource) return [];
    const named = gateways.filter((gateway) => isNamed(gateway, resource));
    return [
      { key, sequence, generation: resource.metadata.generation, gateways: [...new Set([...changed, ...named])] },
    ];
  });
}

function isNamed(gateway: ObjectKey, resource: AnyResource): boolean {
  if (resource.kind === "Gateway")
    return gateway === objectKey("Gateway", resource.metadata.namespace, resource.metadata.name);
  if (resource.kind !== "HTTPRoute") return false;
  return resource.spec.parentRefs.some(
    (ref) =>
      ref.kind === "Gateway" &&
      gateway === objectKey("Gateway", ref.namespace ?? resource.metadata.namespace, ref.name),
  );
}
