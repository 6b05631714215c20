/** A client whose every message a test writes itself. */
import type { EnvoyResource, ResourceChange, ResourceType } from "../../src/compiler/envoy/resource.ts";
import { TYPE_URL } from "../../src/compiler/envoy/resource.ts";
import type { DeltaRequest } from "../../src/xds/delta-request.ts";
import { typeOfUrl } from "../../src/xds/type-rules.ts";
import type { SimulatedFleet, SimulatedStream } from "./simulated-fleet.ts";

export class ScriptedClient {
  readonly #fleet: SimulatedFleet;
  readonly stream: SimulatedStream;
  readonly #nonces = new Map<ResourceType, string>();

  constructor(fleet: SimulatedFleet) {
    this.#fleet = fleet;
    this.stream = fleet.connect();
  }

  ask(type: ResourceType, request: Partial<DeltaRequest> = {}): void {
    this.#fleet.receive(this.stream, {
      typeUrl: TYPE_URL[type],
      subscribe: [],
      unsubscribe: [],
      initialVersions: new Map(),
      nonce: "",
      error: undefined,
      ...request,
    });
  }

  /** Acknowledges the last response of the type. */
  ack(...types: readonly ResourceType[]): void {
    for (const type of types) this.ask(type, { nonce: this.#nonces.get(type) ?? "" });
  }

  refuse(type: ResourceType, error: string): void {
    this.ask(type, { nonce: this.#nonces.get(type) ?? "", error });
  }

  /** What came since the last call: "Cluster a=1 b=2 -c". */
  take(): string[] {
    return this.stream.inbox.splice(0).map(({ typeUrl, nonce, resources, removed }) => {
      const type = typeOfUrl(typeUrl);
      if (type) this.#nonces.set(type, nonce);
      const parts = [
        ...resources.map(({ name, version }) => `${name}=${version}`),
        ...removed.map((name) => `-${name}`),
      ];
      return [type ?? typeUrl, ...parts].join(" ");
    });
  }
}

/** "Cluster:a" in a version, with what it references. */
export function change(id: string, version: string, ...references: readonly string[]): ResourceChange {
  const [type, name] = id.split(":") as [ResourceType, string];
  const resource: EnvoyResource = { type, name, version, bytes: new Uint8Array(), references, owners: [] };
  return { type, name, resource };
}

export function removal(id: string): ResourceChange {
  const [type, name] = id.split(":") as [ResourceType, string];
  return { type, name, resource: undefined };
}
