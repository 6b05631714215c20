/**
 * What a Gateway offers: its listeners, checked, with the tables and certificates behind them.
 */
import { isIP } from "node:net";
import { query, type Reader } from "../../lib/dataflow/query.ts";
import type { Gateway, Listener } from "../../model/gateway.ts";
import type { GatewayClass } from "../../model/gateway-class.ts";
import { objectKey } from "../../model/keys.ts";
import { GATEWAY_API_GROUP } from "../../model/kind-definition.ts";
import { CONTROLLER_NAME } from "../status.ts";
import { RANK } from "./collections.ts";
import type { Refusal } from "./conditions.ts";
import { isReferenceAllowed } from "./grants.ts";
import { ANY } from "./hostnames.ts";
import { readByKey, readObject } from "./inputs.ts";
import { conflictOf, isServedProtocol, overlapOf } from "./listener-collisions.ts";
import type { CompileOptions } from "./routing.ts";
import { certificateSecret } from "./secrets.ts";

export interface ListenerView {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  /** ANY when the listener names none. */
  readonly hostname: string;
  readonly table: string;
  readonly allowedRoutes: Listener["allowedRoutes"];
  /** Whether HTTPRoutes may attach as far as the kinds go. */
  readonly takesHttpRoutes: boolean;
  /** Names of xDS secrets; only HTTPS. */
  readonly certificates: readonly string[];
  /** Why the listener isn't accepted; it then serves nothing. */
  readonly accepted: readonly Refusal[];
  readonly resolved: readonly Refusal[];
  readonly conflict: Refusal | undefined;
  /** Not a fault: for the condition OverlappingTLSConfig. */
  readonly overlap: Refusal | undefined;
}

export interface GatewayView {
  readonly key: string;
  /** IP addresses that the Gateway names; empty: wherever the options say. */
  readonly addresses: readonly string[];
  /** Takes the routes that ask for default gateways. */
  readonly isDefault: boolean;
  readonly accepted: readonly Refusal[];
  readonly listeners: readonly ListenerView[];
  readonly generation: number | undefined;
}

/** Listeners that can serve: accepted, without conflict and, for HTTPS, with at least one usable certificate. */
export function servesTraffic(listener: ListenerView): boolean {
  const hasTls = listener.protocol !== "HTTPS" || listener.certificates.length > 0;
  return listener.accepted.length === 0 && !listener.conflict && hasTls;
}

/** Where all listeners of the Gateway are bound; nowhere when it isn't accepted. */
export function boundAddresses(
  { addresses, accepted }: GatewayView,
  { bindAddress }: Pick<CompileOptions, "bindAddress">,
): readonly string[] {
  if (accepted.length > 0) return [];
  return addresses.length > 0 ? addresses : [bindAddress];
}

/** undefined when the Gateway doesn't exist; "foreign" when another controller's class owns it. */
export const gateway = query<GatewayView | "foreign" | undefined>("gateway", RANK.gateway, (read, key) => {
  const object = readByKey<"Gateway">(read, key);
  if (!object) return undefined;
  const gatewayClass = readObject(read, "GatewayClass", "", object.spec.gatewayClassName);
  if (gatewayClass && gatewayClass.spec.controllerName !== CONTROLLER_NAME) return "foreign";
  const addresses = object.spec.addresses;
  return {
    key,
    addresses: addresses.flatMap((address) => (canBind(address) ? (address.value ?? []) : [])),
    isDefault: object.spec.defaultScope === "All",
    accepted: [
      ...(gatewayClass ? classRefusals(gatewayClass) : [missingClass(object.spec.gatewayClassName)]),
      ...parametersRefusals(object.spec.infrastructure?.parametersRef),
      ...addresses.filter((address) => !canBind(address)).map(unsupportedAddress),
    ],
    listeners: object.spec.listeners.map((listener) => viewOf(read, object, listener)),
    generation: object.metadata.generation,
  };
});

type Address = Gateway["spec"]["addresses"][number];

/** Without a value the choice is ours. */
function canBind({ type, value }: Address): boolean {
  return type === "IPAddress" && (value === undefined || isIP(value) !== 0);
}

function unsupportedAddress(address: Address): Refusal {
  const message = `address ${address.value ?? ""} of type ${address.type} can't be bound; name an IPAddress of this machine`;
  return { reason: "UnsupportedAddress", message };
}

function missingClass(name: string): Refusal {
  return {
    reason: "Invalid",
    message: `GatewayClass ${name} does not exist; create it with controllerName ${CONTROLLER_NAME}`,
  };
}

/** No kind of settings exists, and what was asked for by them may not be ignored. Also of the class itself. */
export function classRefusals({ spec }: GatewayClass): Refusal[] {
  return parametersRefusals(spec.parametersRef);
}

function parametersRefusals(reference: { readonly kind: string; readonly name: string } | undefined): Refusal[] {
  if (!reference) return [];
  return [
    {
      reason: "InvalidParameters",
      message: `settings of kind ${reference.kind} (${reference.name}) are not supported; take parametersRef out`,
    },
  ];
}

function viewOf(read: Reader, owner: Gateway, listener: Listener): ListenerView {
  const tls =
    listener.protocol === "HTTPS"
      ? resolveTls(read, owner, listener)
      : { certificates: [], resolved: [], accepted: [] };
  const kinds = routeKinds(listener);
  return {
    name: listener.name,
    port: listener.port,
    protocol: listener.protocol,
    hostname: listener.hostname ?? ANY,
    table: listener.protocol === "HTTPS" ? `${listener.port}-${listener.name}` : String(listener.port),
    allowedRoutes: listener.allowedRoutes,
    takesHttpRoutes: kinds.takesHttpRoutes,
    certificates: tls.certificates,
    accepted: [...protocolRefusals(listener), ...clientCertificateRefusals(owner, listener), ...tls.accepted],
    resolved: [...kinds.refusals, ...tls.resolved],
    conflict: conflictOf(listener, owner.spec.listeners),
    overlap: overlapOf(listener, owner.spec.listeners),
  };
}

function protocolRefusals(listener: Listener): Refusal[] {
  if (isServedProtocol(listener.protocol)) return [];
  return [
    { reason: "UnsupportedProtocol", message: `protocol ${listener.protocol} is not supported; use HTTP or HTTPS` },
  ];
}

/** Nobody would check the certificates of clients, so nobody gets in. */
function clientCertificateRefusals({ spec }: Gateway, { protocol, port }: Listener): Refusal[] {
  const frontend = spec.tls?.frontend;
  const settings = frontend?.perPort.find((entry) => entry.port === port)?.tls ?? frontend?.default;
  if (protocol !== "HTTPS" || !settings?.validation) return [];
  return [
    {
      reason: "UnsupportedValue",
      message: "client certificates (tls.frontend) can't be checked yet; take the validation out",
    },
  ];
}

function routeKinds(listener: Listener): { takesHttpRoutes: boolean; refusals: Refusal[] } {
  const kinds = listener.allowedRoutes.kinds;
  if (!isServedProtocol(listener.protocol)) return { takesHttpRoutes: false, refusals: [] };
  if (kinds.length === 0) return { takesHttpRoutes: true, refusals: [] };
  const isHttpRoute = (kind: { group: string; kind: string }) =>
    kind.kind === "HTTPRoute" && kind.group === GATEWAY_API_GROUP;
  const refusals = kinds
    .filter((kind) => !isHttpRoute(kind))
    .map((kind) => ({
      reason: "InvalidRouteKinds",
      message: `routes of kind ${kind.kind} are not supported by this listener`,
    }));
  return { takesHttpRoutes: kinds.some(isHttpRoute), refusals };
}

function resolveTls(read: Reader, owner: Gateway, listener: Listener) {
  const mode = listener.tls?.mode ?? "Terminate";
  if (mode !== "Terminate") {
    const refusal = { reason: "UnsupportedValue", message: `TLS mode ${mode} needs a listener of protocol TLS` };
    return { certificates: [], resolved: [], accepted: [refusal] };
  }
  const certificates: string[] = [];
  const resolved: Refusal[] = [];
  const references = listener.tls?.certificateRefs ?? [];
  if (references.length === 0) resolved.push(invalid("the listener names no certificate in tls.certificateRefs"));
  for (const reference of references) {
    const namespace = reference.namespace ?? owner.metadata.namespace;
    const { group, kind, name } = reference;
    if (group !== "" || kind !== "Secret") {
      resolved.push(invalid(`certificateRefs may name Secrets only, not ${kind} ${name}`));
      continue;
    }
    const from = { group: GATEWAY_API_GROUP, kind: "Gateway", namespace: owner.metadata.namespace };
    if (!isReferenceAllowed(read, { from, to: { group: "", kind: "Secret", namespace, name } })) {
      const message = `no ReferenceGrant in namespace ${namespace} lets Gateways of ${owner.metadata.namespace} use Secret ${name}`;
      resolved.push({ reason: "RefNotPermitted", message });
      continue;
    }
    const secret = read.get(certificateSecret, objectKey("Secret", namespace, name));
    if (secret.kind === "usable") certificates.push(secret.material.name);
    else resolved.push(invalid(secret.message));
  }
  return { certificates, resolved, accepted: [] };
}

function invalid(message: string): Refusal {
  return { reason: "InvalidCertificateRef", message };
}
