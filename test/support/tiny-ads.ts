/**
 * The least delta ADS server that feeds one Envoy in a test: sends what is asked for or published, tells what was
 * refused. Not the product's (src/xds): that one is tested by its own tests.
 */
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import grpc from "@grpc/grpc-js";
import { type EnvoyResource, type ResourceType, TYPE_URL } from "../../src/compiler/envoy/resource.ts";
import {
  type DeltaDiscoveryRequest,
  DeltaDiscoveryRequestSchema,
  DeltaDiscoveryResponseSchema,
} from "../../src/gen/envoy/service/discovery/v3/discovery_pb.js";

type Stream = grpc.ServerDuplexStream<Buffer, Buffer>;

const PUSH_ORDER: readonly ResourceType[] = [
  "Secret",
  "Runtime",
  "Cluster",
  "ClusterLoadAssignment",
  "RouteConfiguration",
  "ScopedRouteConfiguration",
  "Listener",
];

const raw = (bytes: Buffer) => bytes;
const service: grpc.ServiceDefinition = {
  deltaAggregatedResources: {
    path: "/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources",
    requestStream: true,
    responseStream: true,
    requestSerialize: raw,
    requestDeserialize: raw,
    responseSerialize: raw,
    responseDeserialize: raw,
  },
};

export class TinyAds {
  readonly #server = new grpc.Server();
  readonly #resources = new Map<string, Map<string, EnvoyResource>>();
  /** Type URL to what the one connected Envoy asked for. */
  readonly #subscribed = new Map<string, Set<string>>();
  readonly #answers = new Map<string, (refusal: string | undefined) => void>();
  #stream: Stream | undefined;
  #nonce = 0;

  static async start(socketPath: string): Promise<TinyAds> {
    const ads = new TinyAds();
    ads.#server.addService(service, { deltaAggregatedResources: (stream: Stream) => ads.#serve(stream) });
    await new Promise<void>((done, fail) => {
      const credentials = grpc.ServerCredentials.createInsecure();
      ads.#server.bindAsync(`unix:${socketPath}`, credentials, (error) => (error ? fail(error) : done()));
    });
    return ads;
  }

  /** Sends the resources in the safe order, each type after the one before was taken; throws what Envoy refused. */
  async publish(resources: readonly EnvoyResource[]): Promise<void> {
    // First all of it: a cluster is only taken once what it then asks for is there.
    for (const resource of resources) this.#all(TYPE_URL[resource.type]).set(resource.name, resource);
    for (const type of PUSH_ORDER) {
      const some = resources.filter((resource) => resource.type === type);
      await this.#push(TYPE_URL[type], some, []);
    }
  }

  async remove(type: ResourceType, name: string): Promise<void> {
    this.#all(TYPE_URL[type]).delete(name);
    await this.#push(TYPE_URL[type], [], [name]);
  }

  stop(): void {
    this.#server.forceShutdown();
  }

  #all(typeUrl: string): Map<string, EnvoyResource> {
    const found = this.#resources.get(typeUrl) ?? new Map<string, EnvoyResource>();
    this.#resources.set(typeUrl, found);
    return found;
  }

  #serve(stream: Stream): void {
    this.#stream = stream;
    stream.on("data", (bytes: Buffer) => this.#receive(fromBinary(DeltaDiscoveryRequestSchema, bytes)));
    stream.on("error", () => {});
    stream.on("end", () => stream.end());
  }

  #receive(request: DeltaDiscoveryRequest): void {
    const { typeUrl, responseNonce } = request;
    const answer = this.#answers.get(responseNonce);
    this.#answers.delete(responseNonce);
    answer?.(request.errorDetail?.message);
    const first = !this.#subscribed.has(typeUrl);
    const names = request.resourceNamesSubscribe;
    const subscribed = this.#subscribed.get(typeUrl) ?? new Set<string>();
    this.#subscribed.set(typeUrl, subscribed);
    for (const name of names) subscribed.add(name);
    if (first && names.length === 0) subscribed.add("*");
    for (const name of request.resourceNamesUnsubscribe) subscribed.delete(name);
    if (names.length === 0 && !first) return;
    const all = this.#all(typeUrl);
    const wanted = subscribed.has("*") ? [...all.values()] : names.flatMap((name) => all.get(name) ?? []);
    // Nothing is said of what is missing: the harder case, since Envoy goes on waiting. Only a first answer to "all"
    // is owed also when there is nothing, or it would never start.
    if (wanted.length > 0 || subscribed.has("*")) this.#send(typeUrl, wanted, []).catch(() => {});
  }

  async #push(typeUrl: string, resources: readonly EnvoyResource[], removed: readonly string[]): Promise<void> {
    const subscribed = this.#subscribed.get(typeUrl);
    if (!this.#stream || !subscribed) return;
    const wanted = resources.filter(({ name }) => subscribed.has("*") || subscribed.has(name));
    if (wanted.length + removed.length > 0) await this.#send(typeUrl, wanted, removed);
  }

  #send(typeUrl: string, resources: readonly EnvoyResource[], removed: readonly string[]): Promise<void> {
    const nonce = String(++this.#nonce);
    const bytes = toBinary(
      DeltaDiscoveryResponseSchema,
      create(DeltaDiscoveryResponseSchema, {
        typeUrl,
        nonce,
        removedResources: [...removed],
        resources: resources.map(({ name, version, bytes: value }) => ({
          name,
          version,
          resource: { typeUrl, value },
        })),
      }),
    );
    this.#stream?.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    return new Promise((done, refused) => {
      this.#answers.set(nonce, (refusal) => (refusal === undefined ? done() : refused(new Error(refusal))));
    });
  }
}
