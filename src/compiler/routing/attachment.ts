/**
 * Which listeners a route attaches to, by the rules of ParentReference and AllowedRoutes.
 */
import type { Reader } from "../../lib/dataflow/query.ts";
import type { HttpRoute } from "../../model/http-route.ts";
import { objectKey, parseObjectKey } from "../../model/keys.ts";
import { GATEWAY_API_GROUP } from "../../model/kind-definition.ts";
import { matchesLabels } from "../../model/label-selector.ts";
import { defaultGateways } from "./collections.ts";
import type { Refusal } from "./conditions.ts";
import { type AttachmentPoint, attachmentPoints } from "./gateway-routing.ts";
import { ANY, compareSpecificity, covers, intersect, mostSpecific } from "./hostnames.ts";
import { readObject } from "./inputs.ts";

export type ParentRef = HttpRoute["spec"]["parentRefs"][number];

export interface Attachment {
  readonly ref: ParentRef;
  readonly gateway: string;
  readonly listeners: readonly AttachedListener[];
  readonly refusals: readonly Refusal[];
}

export interface AttachedListener {
  readonly point: AttachmentPoint;
  /** The hosts that the route reaches through it: the host, and the route's hostname that gave it. */
  readonly hosts: readonly { readonly host: string; readonly routeHostname: string }[];
}

/** undefined when the parent isn't ours to speak about: another kind, or another controller's Gateway. */
export function attach(read: Reader, route: HttpRoute, ref: ParentRef): Attachment | undefined {
  if (ref.group !== GATEWAY_API_GROUP || ref.kind !== "Gateway") return undefined;
  const namespace = ref.namespace ?? route.metadata.namespace;
  const gateway = objectKey("Gateway", namespace, ref.name);
  const points = read.get(attachmentPoints, gateway);
  if (points === "foreign") return undefined;
  const none = (reason: string, message: string): Attachment => ({
    ref,
    gateway,
    listeners: [],
    refusals: [{ reason, message }],
  });
  if (!points) return none("NoMatchingParent", `Gateway ${namespace}/${ref.name} does not exist`);
  const named = points.listeners.filter(
    (listener) => (ref.sectionName ?? listener.name) === listener.name && (ref.port ?? listener.port) === listener.port,
  );
  if (named.length === 0) return none("NoMatchingParent", noListener(ref, points.listeners));
  const allowed = named.filter((listener) => isAllowed(read, route, namespace, listener));
  if (allowed.length === 0) {
    return none(
      "NotAllowedByListeners",
      `no listener of Gateway ${namespace}/${ref.name} allows HTTPRoutes from namespace ${route.metadata.namespace}`,
    );
  }
  const listeners = allowed.flatMap((point) => {
    const hosts = hostsOf(route, point, points.listeners);
    return hosts ? [{ point, hosts }] : [];
  });
  if (listeners.length === 0) {
    const wanted = allowed.map((listener) => listener.hostname).join(", ");
    return none("NoMatchingListenerHostname", `none of the route's hostnames fits the listeners' (${wanted})`);
  }
  return { ref, gateway, listeners, refusals: [] };
}

/** A route that asks for default gateways attaches to those that take it; the others aren't worth a word. */
export function attachToDefaults(read: Reader, route: HttpRoute): Attachment[] {
  if (route.spec.useDefaultGateways !== "All") return [];
  const { namespace: own } = route.metadata;
  const named = new Set(route.spec.parentRefs.map((ref) => objectKey("Gateway", ref.namespace ?? own, ref.name)));
  return read.gather(defaultGateways, "").flatMap((key) => {
    const { namespace, name } = parseObjectKey(key);
    const ref = { group: GATEWAY_API_GROUP, kind: "Gateway", namespace, name };
    const attachment = named.has(key) ? undefined : attach(read, route, ref);
    return attachment && attachment.refusals.length === 0 ? [attachment] : [];
  });
}

function noListener(ref: ParentRef, listeners: readonly AttachmentPoint[]): string {
  const wanted = [ref.sectionName && `named ${ref.sectionName}`, ref.port && `on port ${ref.port}`]
    .filter(Boolean)
    .join(" ");
  const there = listeners.map((listener) => `${listener.name} (port ${listener.port})`).join(", ");
  return `the Gateway has no listener ${wanted}; it has ${there}`;
}

function isAllowed(read: Reader, route: HttpRoute, gatewayNamespace: string, listener: AttachmentPoint): boolean {
  if (!listener.takesHttpRoutes) return false;
  const { from, selector } = listener.allowedRoutes.namespaces;
  if (from === "All") return true;
  if (from === "Same") return route.metadata.namespace === gatewayNamespace;
  const namespace = readObject(read, "Namespace", "", route.metadata.namespace);
  return (
    selector !== undefined &&
    matchesLabels(selector, namespaceLabels(route.metadata.namespace, namespace?.metadata.labels))
  );
}

/** Kubernetes gives each Namespace its own name as a label; one that isn't written down has just that. */
function namespaceLabels(
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  return { ...labels, "kubernetes.io/metadata.name": name };
}

/**
 * The hosts that the route and the listener have in common, without those that belong to a more specific listener of the
 * same port; undefined when they have no name in common at all.
 */
function hostsOf(
  route: HttpRoute,
  point: AttachmentPoint,
  all: readonly AttachmentPoint[],
): AttachedListener["hosts"] | undefined {
  const hostnames = route.spec.hostnames.length > 0 ? route.spec.hostnames : [ANY];
  const byHost = new Map<string, string>();
  for (const routeHostname of hostnames) {
    const host = intersect(point.hostname, routeHostname);
    if (host === undefined) continue;
    const before = byHost.get(host);
    if (before === undefined || compareSpecificity(routeHostname, before) < 0) byHost.set(host, routeHostname);
  }
  if (byHost.size === 0) return undefined;
  const rivals = all.filter((other) => other.port === point.port && other.serves).map((other) => other.hostname);
  return [...byHost]
    .filter(([host]) => mostSpecific(host, rivals) === point.hostname || !rivals.some((rival) => covers(rival, host)))
    .map(([host, routeHostname]) => ({ host, routeHostname }));
}
