/**
 * A client that does what Envoy does, as far as the protocol can see it, and that watches its server: subscriptions
 * follow from what it holds, a cluster warms until its endpoints come and holds back the acknowledgement, the good parts
 * of a refused batch of clusters, listeners or scopes apply.
 */
import assert from "node:assert/strict";
import { type EnvoyResource, type ResourceType, TYPE_URL } from "../../src/compiler/envoy/resource.ts";
import type { DeltaRequest } from "../../src/xds/delta-request.ts";
import type { DeltaResponse } from "../../src/xds/delta-response.ts";
import { typeOf, typeOfUrl } from "../../src/xds/type-rules.ts";
import { BAD, type SimulatedFleet, type SimulatedStream } from "./simulated-fleet.ts";

const APPLIES_GOOD_PARTS: readonly ResourceType[] = ["Cluster", "Listener", "ScopedRouteConfiguration"];
const WARMING_PATIENCE_MS = 15_000;

export class SimulatedEnvoy {
  #fleet: SimulatedFleet;
  readonly #runtimeLayers: readonly string[];
  stream: SimulatedStream;
  /** What it holds: by type, by name. */
  readonly held = new Map<ResourceType, Map<string, EnvoyResource>>();
  /** What it will say next; sent one by one by `speak`. */
  readonly outbox: DeltaRequest[] = [];
  readonly #subscribed = new Map<ResourceType, Set<string>>();
  /** Responses of a type that were taken and not yet answered in the outbox. */
  #warming = new Set<string>();
  #warmingSince = 0;
  #heldBackAck: DeltaRequest | undefined;
  /** How many arrivals at an equal version were asked for, by id. */
  readonly #mayRepeat = new Map<string, number>();
  readonly violations: string[] = [];
  received = 0;

  constructor(fleet: SimulatedFleet, runtimeLayers: readonly string[]) {
    this.#fleet = fleet;
    this.#runtimeLayers = runtimeLayers;
    this.stream = fleet.connect();
    this.#open();
  }

  get(type: ResourceType, name: string): EnvoyResource | undefined {
    return this.held.get(type)?.get(name);
  }

  /** The stream breaks; whatever was under way is lost. */
  reconnect(fleet: SimulatedFleet = this.#fleet): void {
    this.#fleet.disconnect(this.stream);
    this.#fleet = fleet;
    this.stream = fleet.connect();
    this.#open();
  }

  /** Hands its next message to the server. @returns whether there was one */
  speak(): boolean {
    const request = this.outbox.shift();
    if (request) this.#fleet.receive(this.stream, request);
    return request !== undefined;
  }

  /** Takes the server's next response. @returns whether there was one */
  listen(): boolean {
    const response = this.stream.inbox.shift();
    if (response) this.#take(response);
    return response !== undefined;
  }

  timePasses(): void {
    if (this.#warming.size > 0 && this.#fleet.now - this.#warmingSince >= WARMING_PATIENCE_MS) {
      this.#warming.clear();
      this.#releaseAck();
    }
  }

  #open(): void {
    this.outbox.length = 0;
    this.#heldBackAck = undefined;
    this.#subscribed.clear();
    this.#mayRepeat.clear();
    this.#ask("Runtime", this.#runtimeLayers);
    this.#ask("Cluster", []);
    this.#ask("Listener", []);
    if (this.#names("Listener").length > 0) this.#ask("ScopedRouteConfiguration", []);
    this.#followReferences();
  }

  /** The first request of a type on this stream. */
  #ask(type: ResourceType, names: readonly string[]): void {
    this.#subscribed.set(type, new Set(names));
    const versions = [...(this.held.get(type)?.values() ?? [])].map((each) => [each.name, each.version] as const);
    for (const name of names) if (!this.get(type, name)) this.#allowRepetition(`${type}:${name}`);
    this.outbox.push({
      typeUrl: TYPE_URL[type],
      subscribe: [...names],
      unsubscribe: [],
      initialVersions: new Map(versions),
      nonce: "",
      error: undefined,
    });
  }

  #take(response: DeltaResponse): void {
    const type = typeOfUrl(response.typeUrl);
    assert.ok(type);
    this.received += response.resources.length;
    const names = [...response.resources.map((each) => each.name), ...response.removed];
    if (new Set(names).size < names.length) this.violations.push(`${type}: a name twice in one response`);
    if (this.stream.inbox.some((other) => other.typeUrl === response.typeUrl)) {
      this.violations.push(`${type}: two unanswered responses`);
    }
    if (this.#heldBackAck && type === "Cluster")
      this.violations.push("Cluster: a response before the last was answered");
    for (const resource of response.resources) {
      this.#checkRepetition(resource);
      if (type === "Cluster") this.#allowRepetition(`ClusterLoadAssignment:${resource.name}`);
    }
    const bad = response.resources.filter((each) => each.version.startsWith(BAD));
    const applies = bad.length === 0 || APPLIES_GOOD_PARTS.includes(type);
    const mine = this.held.get(type) ?? new Map<string, EnvoyResource>();
    this.held.set(type, mine);
    if (applies) {
      for (const name of response.removed) {
        mine.delete(name);
        this.#warming.delete(name);
      }
      for (const resource of response.resources) if (!bad.includes(resource)) this.#apply(mine, resource);
      if (type === "ClusterLoadAssignment") for (const name of names) this.#warming.delete(name);
    }
    if (bad.length > 0) for (const name of names) this.#allowRepetition(`${type}:${name}`);
    const answer: DeltaRequest = {
      typeUrl: response.typeUrl,
      subscribe: [],
      unsubscribe: [],
      initialVersions: new Map(),
      nonce: response.nonce,
      error: bad.length > 0 ? `Refused ${bad.map((each) => each.name).join(", ")}: no good` : undefined,
    };
    if (type === "Cluster" && this.#warming.size > 0) this.#heldBackAck = answer;
    else this.outbox.push(answer);
    this.#followReferences();
    this.#releaseAck();
    this.#checkReferences();
  }

  #apply(mine: Map<string, EnvoyResource>, resource: EnvoyResource): void {
    const subscribed = this.#subscribed.get(resource.type);
    const isWildcard = ["Cluster", "Listener", "ScopedRouteConfiguration"].includes(resource.type);
    if (!isWildcard && !subscribed?.has(resource.name)) return;
    if (resource.type === "Cluster") {
      // Equal content is no update; everything else warms.
      if (mine.get(resource.name)?.version !== resource.version) {
        this.#warming.add(resource.name);
        this.#warmingSince = this.#fleet.now;
      }
    }
    mine.set(resource.name, resource);
  }

  #releaseAck(): void {
    if (!this.#heldBackAck || this.#warming.size > 0) return;
    this.outbox.push(this.#heldBackAck);
    this.#heldBackAck = undefined;
  }

  #followReferences(): void {
    const wanted = new Map<ResourceType, Set<string>>([
      ["ClusterLoadAssignment", new Set(this.#names("Cluster"))],
      ["RouteConfiguration", this.#referenced(["Listener", "ScopedRouteConfiguration"], "RouteConfiguration")],
      ["Secret", this.#referenced(["Cluster", "Listener"], "Secret")],
    ]);
    for (const [type, names] of wanted) this.#subscribe(type, names);
    if (this.#names("Listener").length > 0 && !this.#subscribed.has("ScopedRouteConfiguration")) {
      this.#ask("ScopedRouteConfiguration", []);
    }
  }

  #subscribe(type: ResourceType, names: ReadonlySet<string>): void {
    const before = this.#subscribed.get(type);
    for (const name of this.#names(type)) if (!names.has(name)) this.held.get(type)?.delete(name);
    if (!before) {
      if (names.size > 0) this.#ask(type, [...names]);
      return;
    }
    const subscribe = [...names].filter((name) => !before.has(name));
    const unsubscribe = [...before].filter((name) => !names.has(name));
    if (subscribe.length + unsubscribe.length === 0) return;
    this.#subscribed.set(type, new Set(names));
    for (const name of subscribe) this.#allowRepetition(`${type}:${name}`);
    this.outbox.push({
      typeUrl: TYPE_URL[type],
      subscribe,
      unsubscribe,
      initialVersions: new Map(),
      nonce: "",
      error: undefined,
    });
  }

  #referenced(from: readonly ResourceType[], to: ResourceType): Set<string> {
    const ids = from.flatMap((type) => [...(this.held.get(type)?.values() ?? [])]).flatMap(referencesIn);
    return new Set(ids.filter((id) => typeOf(id) === to).map((id) => id.slice(to.length + 1)));
  }

  #names(type: ResourceType): string[] {
    return [...(this.held.get(type)?.keys() ?? [])];
  }

  #checkRepetition(resource: EnvoyResource): void {
    const id = `${resource.type}:${resource.name}`;
    if (this.get(resource.type, resource.name)?.version !== resource.version) return;
    const allowed = this.#mayRepeat.get(id) ?? 0;
    if (allowed === 0) this.violations.push(`${id}: sent again at an equal version`);
    else this.#mayRepeat.set(id, allowed - 1);
  }

  #allowRepetition(id: string): void {
    this.#mayRepeat.set(id, (this.#mayRepeat.get(id) ?? 0) + 1);
  }

  /** Nothing that can carry a request references a cluster that isn't there, or that has no endpoints. */
  #checkReferences(): void {
    const { tainted } = this.#fleet;
    for (const route of this.held.get("RouteConfiguration")?.values() ?? []) {
      for (const id of referencesIn(route)) {
        const cluster = id.slice("Cluster:".length);
        // Refused without anything to fall back to: a route that Envoy waits for comes without it.
        if (tainted.has(`Cluster:${cluster}`) || tainted.has(`ClusterLoadAssignment:${cluster}`)) continue;
        if (!this.get("Cluster", cluster)) this.violations.push(`${route.name} references ${id}, which is missing`);
        else if (!this.get("ClusterLoadAssignment", cluster)) {
          this.violations.push(`${route.name} references ${id}, which is warming`);
        }
      }
    }
  }
}

/** What the content references, whatever the resource says of itself: "salt/Cluster:a,Cluster:b". */
function referencesIn(resource: EnvoyResource): string[] {
  const content = Buffer.from(resource.bytes).toString();
  return content
    .slice(content.indexOf("/") + 1)
    .split(",")
    .filter((id) => id !== "");
}
