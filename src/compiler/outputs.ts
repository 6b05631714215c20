/**
 * From the routing stage to Envoy's resources: one query a resource, so that a change marshals just what it touches.
 */
import { collection, type Query, query, type Reader } from "../lib/dataflow/query.ts";
import { translateLeg } from "./envoy/cluster.ts";
import { translateEndpoints } from "./envoy/endpoints.ts";
import { translateHost, translateWildcards } from "./envoy/host.ts";
import { translateListener } from "./envoy/listener.ts";
import { SYSTEM_TRUST_SECRET } from "./envoy/names.ts";
import type { EnvoyResource } from "./envoy/resource.ts";
import { runtimeLayerOf, translateRuntime } from "./envoy/runtime.ts";
import { translateSecret } from "./envoy/secret.ts";
import { gatewaySecrets, layerSplits, ports, RANK, splitWithin, wildcardHosts, within } from "./routing/collections.ts";
import { host } from "./routing/host.ts";
import { isWildcard } from "./routing/hostnames.ts";
import { hybridShape, splitOf } from "./routing/hybrid-service.ts";
import { leg, legEndpoints } from "./routing/legs.ts";
import type { CompileOptions, SecretMaterial, Split } from "./routing/routing.ts";
import { certificateSecret, parseSecretName, systemTrust, trustSecret } from "./routing/secrets.ts";

/** What each gateway's proxies get, keyed gateway|type|name. */
export const resources = collection<EnvoyResource>("resources", RANK.status, sameResource);

function sameLinks(a: EnvoyResource, b: EnvoyResource): boolean {
  return a.references.join() === b.references.join() && a.owners.join() === b.owners.join();
}

function publish(read: Reader, gateway: string, made: Iterable<EnvoyResource>): void {
  for (const resource of made) read.emit(resources, within(gateway, resource.type, resource.name), resource);
}

function sameResource(a: EnvoyResource | undefined, b: EnvoyResource | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && a.version === b.version && sameLinks(a, b));
}

/** Legs are the same for all gateways, so they are marshalled once. */
const legCluster = query<EnvoyResource | undefined>(
  "legCluster",
  RANK.service,
  (read, id) => {
    const view = read.get(leg, id);
    return view && translateLeg(view.leg);
  },
  sameResource,
);

const legAssignment = query<EnvoyResource | undefined>(
  "legAssignment",
  RANK.attachment,
  (read, id) => {
    const view = read.get(leg, id);
    return view && translateEndpoints(view.leg, read.get(legEndpoints, id));
  },
  sameResource,
);

/** Spawned for each gateway|leg. */
export const publishLeg = query<null>("publishLeg", RANK.translated, (read, key) => {
  const [gateway = "", id = ""] = splitWithin(key);
  const cluster = read.get(legCluster, id);
  const assignment = read.get(legAssignment, id);
  const tls = read.get(leg, id)?.leg.tls;
  if (tls && tls.mode !== "disabled") {
    for (const secret of [tls.trust ?? SYSTEM_TRUST_SECRET, tls.identity])
      if (secret) read.emit(gatewaySecrets, within(gateway, secret), true);
  }
  publish(
    read,
    gateway,
    [cluster, assignment].filter((made) => made !== undefined),
  );
  return null;
});

/** Spawned for each gateway|table|hostname. The wildcard hosts of a table are published together, below. */
export const publishHost = query<null>("publishHost", RANK.translated, (read, place) => {
  const [gateway = "", , hostname = ""] = splitWithin(place);
  const routing = read.get(host, place);
  if (!isWildcard(hostname)) publish(read, gateway, translateHost(routing));
  return null;
});

/** Spawned for each gateway|table: also a table without wildcard hosts has its fallback. */
export const publishWildcards = query<null>("publishWildcards", RANK.translated, (read, key) => {
  const [gateway = "", table = ""] = splitWithin(key);
  const hosts = read.gather(wildcardHosts, key).map((hostname) => read.get(host, within(gateway, table, hostname)));
  publish(read, gateway, translateWildcards(table, hosts));
  return null;
});

export interface OutputQueries {
  /** Spawned for each gateway|secret. */
  readonly publishSecret: Query<null>;
  /** Spawned for each gateway|port. */
  readonly publishPort: Query<null>;
  /** Spawned for each gateway. */
  readonly publishRuntime: Query<null>;
  /** Spawned for each gateway|service whose split moves: chooses its runtime layer. */
  readonly fileSplit: Query<null>;
}

export function outputQueries(options: CompileOptions): OutputQueries {
  const publishPort = query<null>("publishPort", RANK.translated, (read, key) => {
    const [gateway = ""] = splitWithin(key);
    publish(
      read,
      gateway,
      read.gather(ports, key).map((port) => translateListener(port, options)),
    );
    return null;
  });
  const publishSecret = query<null>("publishSecret", RANK.status, (read, key) => {
    const [gateway = "", name = ""] = splitWithin(key);
    const material = name === SYSTEM_TRUST_SECRET ? systemTrustSecret(read) : readSecret(read, name);
    if (material) publish(read, gateway, [translateSecret(material)]);
    return null;
  });
  // One layer at a time, so that a moving weight marshals only its own.
  const runtimeLayer = query<EnvoyResource>(
    "runtimeLayer",
    RANK.translated,
    (read, key) => {
      const [, name = ""] = splitWithin(key);
      return translateRuntime(
        name,
        read.gather(layerSplits, key).flatMap((service): readonly Split[] => {
          const split = read.get(splitOf, service);
          return split ? [split] : [];
        }),
      );
    },
    sameResource,
  );
  const publishRuntime = query<null>("publishRuntime", RANK.status, (read, gateway) => {
    publish(
      read,
      gateway,
      options.runtimeLayers.map((name) => read.get(runtimeLayer, within(gateway, name))),
    );
    return null;
  });
  const fileSplit = query<null>("fileSplit", RANK.host, (read, key) => {
    const [gateway = "", service = ""] = splitWithin(key);
    const prefix = read.get(hybridShape, service)?.prefix ?? "";
    read.emit(layerSplits, within(gateway, runtimeLayerOf(prefix, options.runtimeLayers)), service);
    return null;
  });
  return { publishPort, publishSecret, publishRuntime, fileSplit };
}

/** A system without authorities has nothing to send: Envoy refuses an empty secret, and legs without it stay closed. */
function systemTrustSecret(read: Reader): SecretMaterial | undefined {
  const bundlePem = read.get(systemTrust, "");
  return bundlePem === "" ? undefined : { kind: "trust", name: SYSTEM_TRUST_SECRET, source: undefined, bundlePem };
}

function readSecret(read: Reader, name: string): SecretMaterial | undefined {
  const { use, key } = parseSecretName(name);
  const view = read.get(use === "trust" ? trustSecret : certificateSecret, key);
  return view.kind === "usable" ? view.material : undefined;
}
