/**
 * From a Gateway's listeners to sockets and tables.
 */
import { query, type Reader } from "../../lib/dataflow/query.ts";
import { defaultGateways, gatewaySecrets, gateways, hostEntries, ports, RANK, tables, within } from "./collections.ts";
import { boundAddresses, type GatewayView, gateway, type ListenerView, servesTraffic } from "./gateway.ts";
import { ANY, compareSpecificity } from "./hostnames.ts";
import type { RankedEntry } from "./precedence.ts";
import type { ChainRouting, CompileOptions, PortRouting } from "./routing.ts";

/** What routes need to know of a listener to attach: a change of certificates doesn't disturb them. */
export type AttachmentPoint = Pick<
  ListenerView,
  "name" | "port" | "protocol" | "hostname" | "table" | "allowedRoutes" | "takesHttpRoutes"
> & { readonly serves: boolean };

export interface AttachmentPoints {
  readonly listeners: readonly AttachmentPoint[];
}

export const attachmentPoints = query<AttachmentPoints | "foreign" | undefined>(
  "attachmentPoints",
  RANK.attachment,
  (read, key) => {
    const view = read.get(gateway, key);
    if (view === undefined || view === "foreign") return view;
    return {
      listeners: view.listeners.map((listener) => ({
        name: listener.name,
        port: listener.port,
        protocol: listener.protocol,
        hostname: listener.hostname,
        table: listener.table,
        allowedRoutes: listener.allowedRoutes,
        takesHttpRoutes: listener.takesHttpRoutes,
        serves: view.accepted.length === 0 && servesTraffic(listener),
      })),
    };
  },
);

/** Contributes the gateway's sockets, tables and secrets. Spawned for each Gateway. */
export const gatewayRouting = (options: Pick<CompileOptions, "bindAddress">) =>
  query<null>("gatewayRouting", RANK.attachment, (read, key) => {
    const view = read.get(gateway, key);
    if (view === undefined || view === "foreign" || view.accepted.length > 0) return null;
    read.emit(gateways, key, true);
    if (view.isDefault) read.emit(defaultGateways, "", key);
    const serving = view.listeners.filter(servesTraffic);
    for (const port of portsOf(view, serving, boundAddresses(view, options)))
      read.emit(ports, within(key, port.name), port);
    for (const table of new Set(serving.map((listener) => listener.table))) read.emit(tables, within(key, table), true);
    for (const secret of new Set(serving.flatMap((listener) => listener.certificates))) {
      read.emit(gatewaySecrets, within(key, secret), true);
    }
    isolateListeners(read, key, serving);
    return null;
  });

function portsOf(view: GatewayView, serving: readonly ListenerView[], addresses: readonly string[]): PortRouting[] {
  return [...Map.groupBy(serving, (listener) => listener.port)].flatMap(([port, listeners]) =>
    addresses.map((address, index) => ({
      name: index === 0 ? `port-${port}` : `port-${port}-${index + 1}`,
      gateway: view.key,
      address,
      port,
      chains: chainsOf(listeners),
    })),
  );
}

function chainsOf(listeners: readonly ListenerView[]): ChainRouting[] {
  const [first] = listeners;
  if (!first) return [];
  if (first.protocol === "HTTP") return [{ table: first.table, listeners: listeners.map((listener) => listener.name) }];
  return [...listeners]
    .sort((a, b) => compareSpecificity(a.hostname, b.hostname))
    .map((listener) => ({
      table: listener.table,
      listeners: [listener.name],
      tls: { serverNames: listener.hostname === ANY ? [] : [listener.hostname], certificates: listener.certificates },
    }));
}

/**
 * A request belongs to the listener with the most specific hostname, also when no route of that listener serves it
 * (Gateway.spec.listeners: "distinct" listeners): so each such hostname is a host of its table that answers 404.
 * On an HTTPS connection made for another listener it is a misdirected request: 421 (RFC 9110, 15.5.20).
 */
function isolateListeners(read: Reader, gatewayKey: string, serving: readonly ListenerView[]): void {
  const hosts = new Map<string, readonly RankedEntry[]>();
  for (const listener of serving) {
    if (listener.hostname === ANY) continue;
    hosts.set(within(gatewayKey, listener.table, listener.hostname), []);
  }
  for (const own of serving.filter((listener) => listener.protocol === "HTTPS")) {
    for (const other of serving) {
      if (other.port !== own.port || other.hostname === own.hostname) continue;
      hosts.set(within(gatewayKey, own.table, other.hostname), [misdirected(gatewayKey, other)]);
    }
  }
  for (const [key, entries] of hosts) read.emit(hostEntries, key, entries);
}

function misdirected(gatewayKey: string, owner: ListenerView): RankedEntry {
  const reason = `this host belongs to listener ${owner.name}; open a connection for it`;
  return {
    hostname: owner.hostname,
    created: 0,
    route: "",
    rule: 0,
    match: 0,
    entry: {
      name: `misdirected/${owner.name}`,
      source: gatewayKey,
      match: { path: { kind: "prefix", value: "/" }, headers: [], queryParams: [] },
      request: { set: [], add: [], remove: [] },
      response: { set: [], add: [], remove: [] },
      action: { kind: "fail", status: 421, reason },
    },
  };
}
