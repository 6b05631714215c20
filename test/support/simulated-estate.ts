/** A small gateway whose resources reference each other as the compiler's do, edited at random. */
import type { EnvoyResource, ResourceChange, ResourceType } from "../../src/compiler/envoy/resource.ts";
import { BAD } from "./simulated-fleet.ts";

export interface EstateEdit {
  readonly kind: "route" | "removeHost" | "endpoints" | "cluster" | "secret" | "listener" | "weights" | "renewCluster";
  readonly host: number;
  readonly cluster: number;
  readonly second: number;
  /** Whether Envoy will refuse what this edit makes. */
  readonly isBad: boolean;
}

const CLUSTERS = 5;
const SECRETS = 2;

export class SimulatedEstate {
  readonly #hosts = new Map<number, { clusters: readonly number[]; salt: string }>();
  readonly #salts = new Map<string, string>();
  #published = new Map<string, EnvoyResource>();
  #edits = 0;
  readonly #tellsReferences: boolean;

  /** @param tellsReferences whether resources say what they reference; what clients make of them stays the same */
  constructor(tellsReferences: boolean) {
    this.#tellsReferences = tellsReferences;
  }

  /** The newest version of everything, by id. */
  get published(): ReadonlyMap<string, EnvoyResource> {
    return this.#published;
  }

  /** The changes that an edit makes. Clusters exist exactly while a host uses them. */
  edit(edit: EstateEdit): ResourceChange[] {
    this.#edits += 1;
    const salt = `${edit.isBad ? BAD : ""}${this.#edits}`;
    const cluster = edit.cluster % CLUSTERS;
    switch (edit.kind) {
      case "route":
        this.#hosts.set(edit.host, { clusters: [...new Set([cluster, edit.second % CLUSTERS])], salt });
        break;
      case "removeHost":
        this.#hosts.delete(edit.host);
        break;
      case "endpoints":
        this.#salts.set(`ClusterLoadAssignment:c${cluster}`, salt);
        break;
      case "cluster":
        this.#salts.set(`Cluster:c${cluster}`, salt);
        break;
      case "renewCluster":
        this.#salts.set(`Cluster:c${cluster}`, salt);
        this.#salts.set(`ClusterLoadAssignment:c${cluster}`, salt);
        if (this.#hosts.has(edit.host)) this.#hosts.set(edit.host, { clusters: [cluster], salt: String(this.#edits) });
        break;
      case "secret":
        this.#salts.set(`Secret:s${cluster % SECRETS}`, salt);
        break;
      case "listener":
        this.#salts.set("Listener:l", salt);
        break;
      case "weights":
        this.#salts.set("Runtime:r", salt);
        break;
    }
    return this.#publish();
  }

  /** Everything, as a control plane that starts publishes it. */
  all(): ResourceChange[] {
    return [...this.#published.values()].map((resource) => ({ type: resource.type, name: resource.name, resource }));
  }

  #publish(): ResourceChange[] {
    const next = this.#build();
    const changes: ResourceChange[] = [];
    for (const [id, resource] of next) {
      if (this.#published.get(id)?.version === resource.version) next.set(id, this.#published.get(id) ?? resource);
      else changes.push({ type: resource.type, name: resource.name, resource });
    }
    for (const [id, { type, name }] of this.#published) {
      if (!next.has(id)) changes.push({ type, name, resource: undefined });
    }
    this.#published = next;
    return changes;
  }

  #build(): Map<string, EnvoyResource> {
    const built = new Map<string, EnvoyResource>();
    const add = (type: ResourceType, name: string, references: string[], salt?: string): void => {
      const id = `${type}:${name}`;
      const content = `${salt ?? this.#salts.get(id) ?? "0"}/${references.join(",")}`;
      const told = this.#tellsReferences ? references : [];
      built.set(id, { type, name, version: content, bytes: Buffer.from(content), references: told, owners: [] });
    };
    add("Listener", "l", ["Secret:s0"]);
    add("Runtime", "r", []);
    for (let secret = 0; secret < SECRETS; secret++) add("Secret", `s${secret}`, []);
    for (const [host, { clusters, salt }] of this.#hosts) {
      add("ScopedRouteConfiguration", `h${host}`, [`RouteConfiguration:h${host}`]);
      add(
        "RouteConfiguration",
        `h${host}`,
        clusters.map((cluster) => `Cluster:c${cluster}`),
        salt,
      );
      for (const cluster of clusters) {
        add("Cluster", `c${cluster}`, [`Secret:s${cluster % SECRETS}`]);
        add("ClusterLoadAssignment", `c${cluster}`, []);
      }
    }
    return built;
  }
}
