/** A directory compiled here and now, without a control plane: what `check` and `compile <dir>` look at. */
import { getCACertificates } from "node:tls";
import type { EnvoyResource } from "../compiler/envoy/resource.ts";
import { readDirectory } from "../config/directory/read-once.ts";
import { RUNTIME_LAYERS } from "../control/control-plane.ts";
import { Estate } from "../control/estate.ts";
import type { ObjectKey } from "../model/keys.ts";

export interface ReadEstate {
  readonly estate: Estate;
  /** By gateway. */
  readonly resources: ReadonlyMap<ObjectKey, readonly EnvoyResource[]>;
  readonly objectCount: number;
}

/** Discovery asks nobody here: endpoints of services are unknown. */
export async function readEstate(directory: string): Promise<ReadEstate> {
  const update = await readDirectory(directory);
  const estate = new Estate({
    bindAddress: "0.0.0.0",
    accessLog: { kind: "off" },
    runtimeLayers: RUNTIME_LAYERS,
    systemTrust: () => getCACertificates("system").join("\n"),
  });
  const change = estate.applySource(update, Date.now());
  const resources = [...change.resources].map(([gateway, changes]) => {
    return [gateway, changes.flatMap(({ resource }) => (resource ? [resource] : []))] as const;
  });
  return { estate, resources: new Map(resources), objectCount: update.upserts.length };
}
