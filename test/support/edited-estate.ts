/**
 * Forty hosts and sixteen services that are edited at random, always validly: each host that is there has a route to
 * a service that is there. Remembers who may answer for which host. From one seed the same edits come again.
 */
import { type LegServer, startLeg } from "./leg-server.ts";

const HOSTS = 40;
const LOADED = 5;
const SERVICES = 16;
const SIDES = ["vm", "k8s"] as const;
const WEIGHTS: readonly (readonly [number, number])[] = [
  [1, 0],
  [0, 1],
  [99, 1],
  [50, 50],
  [20, 80],
];
/** Which of a side's two servers are listed. */
const LISTED: readonly (readonly number[])[] = [[0], [1], [0, 1]];

type Side = (typeof SIDES)[number];

interface Service {
  weights: readonly [number, number];
  listed: Record<Side, readonly number[]>;
}

interface Host {
  service: string;
  /** Another rule of the route, for a path of its own. */
  extra: string | undefined;
  header: number | undefined;
}

/** Files to write in this order; undefined: to remove. */
export type FileEdits = readonly (readonly [name: string, text: string | undefined])[];

export class EditedEstate implements AsyncDisposable {
  readonly loadedHosts: readonly string[] = Array.from({ length: LOADED }, (_, index) => hostName(index));
  readonly #random: () => number;
  readonly #servers: ReadonlyMap<string, readonly LegServer[]>;
  readonly #services = new Map<string, Service>();
  readonly #hosts = new Map<string, Host>();
  readonly #everRoutedTo = new Map<string, Set<string>>();

  static async make(seed: number): Promise<EditedEstate> {
    const servers = new Map<string, LegServer[]>();
    for (let index = 0; index < SERVICES; index++) {
      for (const side of SIDES) {
        const name = legName(serviceName(index), side);
        servers.set(name, [await startLeg(name), await startLeg(name)]);
      }
    }
    return new EditedEstate(seed, servers);
  }

  private constructor(seed: number, servers: ReadonlyMap<string, readonly LegServer[]>) {
    this.#random = mulberry32(seed);
    this.#servers = servers;
    for (let index = 0; index < SERVICES / 2; index++) this.#addService(serviceName(index));
    for (let index = 0; index < HOSTS; index++) this.#addHost(hostName(index));
    this.#remember();
  }

  /** Everything as it is now. */
  files(): Record<string, string> {
    const services = [...this.#services.keys()].flatMap((name) => this.#serviceFiles(name));
    const hosts = [...this.#hosts.keys()].map((name) => this.#hostFile(name));
    return Object.fromEntries([...services, ...hosts]);
  }

  edit(): FileEdits {
    const edits = this.#pick(this.#kinds)();
    this.#remember();
    return edits;
  }

  /** The answers that are right for this host now. */
  routedTo(host: string): ReadonlySet<string> {
    const name = this.#hosts.get(host)?.service ?? "";
    const weights = this.#services.get(name)?.weights ?? [0, 0];
    return new Set(SIDES.filter((_, index) => (weights[index] ?? 0) > 0).map((side) => legName(name, side)));
  }

  everRoutedTo(host: string): ReadonlySet<string> {
    return this.#everRoutedTo.get(host) ?? new Set();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#servers.values()].flat().map((server) => server.close()));
  }

  readonly #kinds: readonly (() => FileEdits)[] = [
    () => {
      const [name, service] = this.#pick([...this.#services]);
      service.weights = this.#pick(WEIGHTS);
      return this.#serviceFiles(name);
    },
    () => {
      const [name, service] = this.#pick([...this.#services]);
      service.listed = { ...service.listed, [this.#pick(SIDES)]: this.#pick(LISTED) };
      return this.#serviceFiles(name);
    },
    () => {
      const [name, host] = this.#pick([...this.#hosts]);
      host.service = this.#pick([...this.#services.keys()]);
      return [this.#hostFile(name)];
    },
    () => {
      const [name, host] = this.#pick([...this.#hosts]);
      host.extra = host.extra === undefined ? this.#pick([...this.#services.keys()]) : undefined;
      return [this.#hostFile(name)];
    },
    () => {
      const [name, host] = this.#pick([...this.#hosts]);
      host.header = host.header === undefined ? Math.floor(this.#random() * 1000) : undefined;
      return [this.#hostFile(name)];
    },
    () => this.#addOrRemoveHost(),
    () => this.#replaceService(),
  ];

  #addOrRemoveHost(): FileEdits {
    const name = hostName(LOADED + Math.floor(this.#random() * (HOSTS - LOADED)));
    if (this.#hosts.delete(name)) return [[`${name}.yaml`, undefined]];
    this.#addHost(name);
    return [this.#hostFile(name)];
  }

  /** All hosts of a service move to a new one, and the old one goes in the same breath. */
  #replaceService(): FileEdits {
    const added = this.#pick(
      Array.from({ length: SERVICES }, (_, i) => serviceName(i)).filter((name) => !this.#services.has(name)),
    );
    const [removed] = this.#pick([...this.#services]);
    this.#addService(added);
    const moved: (readonly [string, string])[] = [];
    for (const [name, host] of this.#hosts) {
      if (host.service !== removed && host.extra !== removed) continue;
      if (host.service === removed) host.service = added;
      if (host.extra === removed) host.extra = undefined;
      moved.push(this.#hostFile(name));
    }
    this.#services.delete(removed);
    return [
      ...this.#serviceFiles(added),
      ...moved,
      [`${removed}.yaml`, undefined],
      [`${removed}-platform.yaml`, undefined],
    ];
  }

  #addService(name: string): void {
    this.#services.set(name, {
      weights: this.#pick(WEIGHTS),
      listed: { vm: this.#pick(LISTED), k8s: this.#pick(LISTED) },
    });
  }

  #addHost(name: string): void {
    this.#hosts.set(name, { service: this.#pick([...this.#services.keys()]), extra: undefined, header: undefined });
  }

  #remember(): void {
    for (const host of this.loadedHosts) {
      this.#everRoutedTo.set(host, new Set([...this.everRoutedTo(host), ...this.routedTo(host)]));
    }
  }

  #pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.#random() * items.length)] as Item;
  }

  #serviceFiles(name: string): (readonly [string, string])[] {
    const service = this.#services.get(name);
    if (service === undefined) return [];
    const { weights, listed } = service;
    const endpoints = (side: Side) => {
      const servers = this.#servers.get(legName(name, side)) ?? [];
      return listed[side].map((index) => `"127.0.0.1:${servers[index]?.port}"`).join(", ");
    };
    const platform = `
apiVersion: landbridge.dev/v1alpha1
kind: Platform
metadata: { name: ${name} }
spec:
  type: Static
  static:
    services:
${SIDES.map((side) => `    - { name: ${side}, endpoints: [ ${endpoints(side)} ] }`).join("\n")}
`;
    const hybrid = `
apiVersion: landbridge.dev/v1alpha1
kind: HybridService
metadata: { name: ${name}, namespace: shop }
spec:
  port: 80
  backends:
${SIDES.map((side) => `  - { name: ${side}, platform: ${name}, service: ${side} }`).join("\n")}
  split: [ { backend: vm, weight: ${weights[0]} }, { backend: k8s, weight: ${weights[1]} } ]
`;
    return [
      [`${name}-platform.yaml`, platform],
      [`${name}.yaml`, hybrid],
    ];
  }

  #hostFile(name: string): readonly [string, string] {
    const { service, extra, header } = this.#hosts.get(name) ?? { service: "", extra: undefined, header: undefined };
    const refs = (to: string) => `backendRefs: [ { group: landbridge.dev, kind: HybridService, name: ${to} } ]`;
    const rules = [
      header === undefined
        ? `  - ${refs(service)}`
        : `  - filters:
    - { type: RequestHeaderModifier, requestHeaderModifier: { set: [ { name: x-edit, value: "${header}" } ] } }
    ${refs(service)}`,
      ...(extra === undefined
        ? []
        : [`  - matches: [ { path: { type: PathPrefix, value: /extra } } ]\n    ${refs(extra)}`]),
    ];
    const text = `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: ${name.replaceAll(".", "-")}, namespace: shop }
spec:
  parentRefs: [ { name: edge, namespace: infra } ]
  hostnames: [ ${name} ]
  rules:
${rules.join("\n")}
`;
    return [`${name}.yaml`, text];
  }
}

function hostName(index: number): string {
  return `h${index}.test`;
}

function serviceName(index: number): string {
  return `s${index}`;
}

function legName(service: string, side: Side): string {
  return `${service}/${side}`;
}

/** A small generator of numbers from 0 to 1, of public domain (Tommy Ettinger's mulberry32). */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
