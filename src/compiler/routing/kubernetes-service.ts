/**
 * Core Services and their EndpointSlices.
 */
import { query, type Reader } from "../../lib/dataflow/query.ts";
import { SERVICE_NAME_LABEL } from "../../model/endpoint-slice.ts";
import type { Endpoint } from "../../model/endpoints.ts";
import type { ServicePort } from "../../model/service.ts";
import { RANK, slicesOfService } from "./collections.ts";
import { readByKey, readObject } from "./inputs.ts";
import type { Leg } from "./routing.ts";

export function servicePort(read: Reader, namespace: string, name: string, port: number): ServicePort | undefined {
  return readObject(read, "Service", namespace, name)?.spec.ports.find((candidate) => candidate.port === port);
}

/** appProtocol values of KEP-3726 and in common use. TLS needs to know which name to trust, which a Service can't say. */
const APP_PROTOCOLS: ReadonlyMap<string, Leg["protocol"] | "unsupported"> = new Map([
  ["http", "HTTP1"],
  ["kubernetes.io/h2c", "HTTP2"],
  ["h2c", "HTTP2"],
  ["grpc", "HTTP2"],
  ["kubernetes.io/ws", "WebSocket"],
  ["ws", "WebSocket"],
  ["https", "unsupported"],
  ["kubernetes.io/wss", "unsupported"],
  ["wss", "unsupported"],
  ["tls", "unsupported"],
]);

/** What is spoken on a port; HTTP/1.1 when it doesn't say, or says what isn't known. */
export function protocolOf({ appProtocol = "http" }: ServicePort): Leg["protocol"] | "unsupported" {
  return APP_PROTOCOLS.get(appProtocol) ?? "HTTP1";
}

/** Files an EndpointSlice under the Service that its label names. Spawned for each slice. */
export const fileSlice = query<null>("fileSlice", RANK.leaf, (read, key) => {
  const slice = readByKey<"EndpointSlice">(read, key);
  const service = slice?.metadata.labels[SERVICE_NAME_LABEL];
  if (slice && service) read.emit(slicesOfService, `${slice.metadata.namespace}/${service}`, key);
  return null;
});

/** Ready endpoints of one port; the argument is "namespace/name/port". Duplicates over several slices count once. */
export const sliceEndpoints = query<readonly Endpoint[]>("sliceEndpoints", RANK.endpoints, (read, argument) => {
  const [namespace = "", name = "", number = ""] = argument.split("/");
  const port = servicePort(read, namespace, name, Number(number));
  if (!port) return [];
  const found = new Map<string, Endpoint>();
  for (const key of read.gather(slicesOfService, `${namespace}/${name}`)) {
    const slice = readByKey<"EndpointSlice">(read, key);
    if (!slice || slice.addressType === "FQDN") continue;
    const target = slice.ports.find(
      (candidate) => candidate.name === (port.name ?? "") && candidate.protocol === port.protocol,
    )?.port;
    if (target === undefined) continue;
    for (const endpoint of slice.endpoints) {
      const [address] = endpoint.addresses;
      // "nil should be interpreted as true" (EndpointConditions.ready).
      if (address !== undefined && endpoint.conditions.ready !== false)
        found.set(`${address} ${target}`, { address, port: target });
    }
  }
  return [...found.values()];
});
