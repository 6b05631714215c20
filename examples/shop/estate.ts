/**
 * What the demo runs: a process for each endpoint that the resources list, so that a port or an address is changed in
 * one place. The addresses stand for machines of their own.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type AnyResource, isKind } from "../../src/model/kinds.ts";
import { parse } from "../../src/model/parse.ts";

export interface EstateProcess {
  /** A file of services/. */
  readonly service: string;
  /** How it names itself in its answers. */
  readonly machine: string;
  readonly address: string;
  readonly port: number;
}

export interface Listening {
  readonly scheme: "http" | "https";
  readonly address: string;
  readonly port: number;
}

export interface DemoEstate {
  readonly processes: readonly EstateProcess[];
  readonly gateway: readonly Listening[];
}

/** How the machines of a platform are called; others are called as their platform. */
const MACHINES: Readonly<Record<string, string>> = { datacenter: "vm", "new-platform": "new" };

/** What is wrong in the files is for `landbridge up` to say: here it is left out. */
export function readEstate(resources: string): DemoEstate {
  const names = existsSync(resources) ? readdirSync(resources) : [];
  const files = names.filter((name) => name.endsWith(".yaml"));
  const objects = files.flatMap((name) => parse(readFileSync(join(resources, name), "utf8"), name).objects);
  return {
    processes: objects.flatMap(({ resource }) => processesOf(resource)),
    gateway: objects.flatMap(({ resource }) => listenersOf(resource)),
  };
}

function processesOf(resource: AnyResource): EstateProcess[] {
  if (!isKind(resource, "Platform")) return [];
  const { name } = resource.metadata;
  const places = (resource.spec.static?.services ?? []).flatMap(({ name: service, endpoints }) =>
    endpoints.map((endpoint) => ({ service, endpoint })),
  );
  return places.map(({ service, endpoint }, index) => {
    const colon = endpoint.lastIndexOf(":");
    const [address, port] = [endpoint.slice(0, colon), Number(endpoint.slice(colon + 1))];
    return { service, machine: `${MACHINES[name] ?? name}-${index + 1}`, address, port };
  });
}

function listenersOf(resource: AnyResource): Listening[] {
  if (!isKind(resource, "Gateway")) return [];
  const address = resource.spec.addresses[0]?.value ?? "127.0.0.1";
  return resource.spec.listeners.map(({ protocol, port }) => ({
    scheme: protocol === "HTTPS" ? "https" : "http",
    address,
    port,
  }));
}
