/**
 * Legs: each way to reach a service, from a backend of a HybridService or a port of a core Service.
 */
import { query, type Reader } from "../../lib/dataflow/query.ts";
import { durationMs } from "../../model/duration.ts";
import { type EndpointQuery, type EndpointSet, endpointKey } from "../../model/endpoints.ts";
import type { HybridBackend, HybridService } from "../../model/hybrid-service.ts";
import { objectKey } from "../../model/keys.ts";
import { RANK } from "./collections.ts";
import type { Refusal } from "./conditions.ts";
import { readEndpoints, readObject } from "./inputs.ts";
import { protocolOf, servicePort, sliceEndpoints } from "./kubernetes-service.ts";
import type { Leg, LegTls } from "./routing.ts";
import { certificateSecret, type SecretView, systemTrust, trustSecret } from "./secrets.ts";

/** Envoy cluster names: "hybrid/<namespace>/<service>/<backend>", "service/<namespace>/<service>/<port>". */
export type LegId = string;

export function hybridLegId(namespace: string, service: string, backend: string): LegId {
  return `hybrid/${namespace}/${service}/${backend}`;
}

export function serviceLegId(namespace: string, service: string, port: number): LegId {
  return `service/${namespace}/${service}/${port}`;
}

export interface LegView {
  readonly leg: Leg;
  /** What discovery has to find; absent for a core Service, whose EndpointSlices are objects. */
  readonly query: EndpointQuery | undefined;
  /** Why the leg can't be used as it is meant: it then gets no endpoints, so that nothing passes unprotected. */
  readonly refusals: readonly Refusal[];
}

export const leg = query<LegView | undefined>("leg", RANK.leg, (read, id) => {
  const [kind, namespace = "", service = "", part = ""] = id.split("/");
  return kind === "hybrid"
    ? hybridLeg(read, id, namespace, service, part)
    : serviceLeg(read, id, namespace, service, Number(part));
});

/** Where the leg's workloads are; none when the leg is refused. */
export const legEndpoints = query<EndpointSet>("legEndpoints", RANK.service, (read, id) => {
  const view = read.get(leg, id);
  if (!view) return { state: "unknown", endpoints: [], reason: "the service does not exist" };
  const [refusal] = view.refusals;
  if (refusal) return { state: "unknown", endpoints: [], reason: refusal.message };
  if (view.query) return readEndpoints(read, view.leg.endpoints);
  return { state: "known", endpoints: read.get(sliceEndpoints, id.slice("service/".length)) };
});

/** A Platform may list thousands of services: its legs depend on whether it is there, not on what it says. */
const platformExists = query<boolean>(
  "platformExists",
  RANK.endpoints,
  (read, name) => readObject(read, "Platform", "", name) !== undefined,
);

function hybridLeg(read: Reader, id: LegId, namespace: string, name: string, backendName: string): LegView | undefined {
  const service = readObject(read, "HybridService", namespace, name);
  const backend = service?.spec.backends.find((candidate) => candidate.name === backendName);
  if (!service || !backend) return undefined;
  const tls = legTls(read, service, backend);
  const platformRefusals = read.get(platformExists, backend.platform) ? [] : [missingPlatform(backend)];
  const asked: EndpointQuery = {
    platform: backend.platform,
    namespace: backend.namespace ?? namespace,
    service: backend.service ?? name,
    port: backend.port,
  };
  return {
    leg: {
      id,
      source: objectKey("HybridService", namespace, name),
      endpoints: endpointKey(asked),
      protocol: service.spec.protocol === "HTTP" || service.spec.protocol === "TCP" ? "HTTP1" : "HTTP2",
      tls: tls.settings,
      connectTimeoutMs: durationMs(backend.connectTimeout),
    },
    query: asked,
    refusals: [...platformRefusals, ...tls.refusals],
  };
}

function missingPlatform(backend: HybridBackend): Refusal {
  return {
    reason: "PlatformNotFound",
    message: `backend ${backend.name}: Platform ${backend.platform} does not exist`,
  };
}

function noSystemTrust(backend: HybridBackend): Refusal {
  return {
    reason: "NoSystemTrust",
    message: `backend ${backend.name}: this system has no certificate authorities to trust; name some in tls.caCertificateRef`,
  };
}

function legTls(
  read: Reader,
  service: HybridService,
  backend: HybridBackend,
): { settings: LegTls; refusals: Refusal[] } {
  const { tls } = backend;
  if (tls.mode === "Disabled") return { settings: { mode: "disabled" }, refusals: [] };
  const refusals: Refusal[] = [];
  const use = (view: SecretView): string | undefined => {
    if (view.kind === "usable") return view.material.name;
    refusals.push({ reason: "InvalidCertificateRef", message: `backend ${backend.name}: ${view.message}` });
    return undefined;
  };
  const secretKey = (name: string) => objectKey("Secret", service.metadata.namespace, name);
  if (!tls.caCertificateRef && read.get(systemTrust, "") === "") refusals.push(noSystemTrust(backend));
  const trust = tls.caCertificateRef && use(read.get(trustSecret, secretKey(tls.caCertificateRef.name)));
  const identity =
    tls.mode === "Mutual" && tls.clientCertificateRef
      ? use(read.get(certificateSecret, secretKey(tls.clientCertificateRef.name)))
      : undefined;
  const sni = tls.sni ?? backend.host ?? "";
  const subjectAltNames = tls.subjectAltNames.length > 0 ? tls.subjectAltNames : [sni];
  return {
    settings: { mode: tls.mode === "Mutual" ? "mutual" : "simple", sni, subjectAltNames, trust, identity },
    refusals,
  };
}

function serviceLeg(read: Reader, id: LegId, namespace: string, name: string, port: number): LegView | undefined {
  const found = servicePort(read, namespace, name, port);
  const protocol = found && protocolOf(found);
  if (!protocol || protocol === "unsupported") return undefined;
  return {
    leg: {
      id,
      source: objectKey("Service", namespace, name),
      endpoints: id,
      protocol,
      tls: { mode: "disabled" },
      connectTimeoutMs: 5000,
    },
    query: undefined,
    refusals: [],
  };
}
