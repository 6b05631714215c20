/**
 * The estate that benchmarks run on: many hosts, each with a route and a service of its own in one file, teams with a
 * namespace each, platforms that list a hundred services each, some services in the middle of a move, some wildcard hosts.
 */
import { type Backend, gatewayText, platformText, routeText, serviceText } from "./objects.ts";

export interface EstateOptions {
  readonly hosts: number;
  /** Of the gateway's listener. */
  readonly port: number;
  /** Ports on this machine that answer with "a" and with "b". */
  readonly origins: { readonly a: number; readonly b: number };
}

/** Relative path to text. */
export type EstateFiles = Map<string, string>;

export const SERVICES_PER_PLATFORM = 100;
/** So many services, the first ones, have two backends and a split that moves. */
export const MOVING_SERVICES = 20;
const TEAMS = 30;
const WILDCARDS = 100;

export function estateFiles({ hosts, port, origins }: EstateOptions): EstateFiles {
  const files: EstateFiles = new Map([["gateway.yaml", gatewayText(port)]]);
  for (let first = 0; first < hosts; first += SERVICES_PER_PLATFORM) {
    files.set(
      platformPath(first),
      platformOf(first, () => [origins.a]),
    );
  }
  files.set("platforms/new.yaml", platformText("new", new Map([["shop", [local(origins.b)]]])));
  for (let host = 0; host < hosts; host++) files.set(hostPath(host), hostText(host, ["/app"]));
  for (let host = 0; host < WILDCARDS; host++) files.set(wildcardPath(host), wildcardText(host, ["/app"]));
  return files;
}

export function hostnameOf(host: number): string {
  return `shop-${host}.example.com`;
}

export function hostPath(host: number): string {
  return `hosts/shop-${host}.yaml`;
}

/** @param newShare percent of the traffic for the new platform, for services that move */
export function hostText(host: number, paths: readonly string[], newShare = 0): string {
  const namespace = namespaceOf(host);
  const name = `shop-${host}`;
  const route = routeText({ hostname: hostnameOf(host), namespace, name, paths });
  return route + serviceText({ namespace, name, backends: backendsOf(host, newShare) });
}

export function wildcardPath(wildcard: number): string {
  return `wildcards/region-${wildcard}.yaml`;
}

/** Routed to the service of the first host. */
export function wildcardText(wildcard: number, paths: readonly string[]): string {
  const name = `region-${wildcard}`;
  return routeText({ hostname: `*.${name}.example.com`, namespace: namespaceOf(0), name, paths, service: "shop-0" });
}

export function platformPath(host: number): string {
  return `platforms/${platformName(host)}.yaml`;
}

/** The platform of a host, with all that it lists. @param ports of each service, by host */
export function platformOf(host: number, ports: (host: number) => readonly number[]): string {
  const first = host - (host % SERVICES_PER_PLATFORM);
  const services = Array.from({ length: SERVICES_PER_PLATFORM }, (_, offset) => {
    return [`shop-${first + offset}`, ports(first + offset).map(local)] as const;
  });
  return platformText(platformName(host), new Map(services));
}

export function local(port: number): string {
  return `127.0.0.1:${port}`;
}

/** Where a host's service is today. */
export function vmBackend(host: number, weight = 100): Backend {
  return { name: "vm", platform: platformName(host), service: `shop-${host}`, weight };
}

function backendsOf(host: number, newShare: number): Backend[] {
  const vm = vmBackend(host, 100 - newShare);
  if (host >= MOVING_SERVICES) return [vm];
  return [vm, { name: "k8s", platform: "new", service: "shop", weight: newShare }];
}

function platformName(host: number): string {
  return `rack-${Math.floor(host / SERVICES_PER_PLATFORM)}`;
}

export function namespaceOf(host: number): string {
  return `team-${host % TEAMS}`;
}
