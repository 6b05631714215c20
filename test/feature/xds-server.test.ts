/** The server as a client on the wire sees it. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { test } from "node:test";
import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import * as grpc from "@grpc/grpc-js";
import { TYPE_URL } from "../../src/compiler/envoy/resource.ts";
import {
  DeltaDiscoveryRequestSchema,
  type DeltaDiscoveryResponse,
  DeltaDiscoveryResponseSchema,
} from "../../src/gen/envoy/service/discovery/v3/discovery_pb.js";
import type { Problem } from "../../src/model/problem.ts";
import { startXdsServer, type XdsServer, type XdsServerOptions } from "../../src/xds/server.ts";
import { XdsGateway } from "../support/xds-gateway.ts";
import { put, service } from "../support/xds-resources.ts";

const GATEWAY = "Gateway/test/edge";
const PROXY = { id: "gateway/test/edge/one" };
const SERVICE = "/envoy.service.discovery.v3.AggregatedDiscoveryService";

class RawClient implements Disposable {
  readonly #client: grpc.Client;
  readonly stream: grpc.ClientDuplexStream<Buffer, Buffer>;

  constructor(port: number | undefined, method = "DeltaAggregatedResources") {
    const asIs = (bytes: Buffer): Buffer => bytes;
    this.#client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    this.stream = this.#client.makeBidiStreamRequest(`${SERVICE}/${method}`, asIs, asIs, new grpc.Metadata());
  }

  send(request: MessageInitShape<typeof DeltaDiscoveryRequestSchema>): void {
    this.stream.write(Buffer.from(toBinary(DeltaDiscoveryRequestSchema, create(DeltaDiscoveryRequestSchema, request))));
  }

  async next(): Promise<DeltaDiscoveryResponse> {
    const [bytes] = (await once(this.stream, "data")) as [Buffer];
    return fromBinary(DeltaDiscoveryResponseSchema, bytes);
  }

  async error(): Promise<grpc.ServiceError> {
    const [error] = (await once(this.stream, "error")) as [grpc.ServiceError];
    return error;
  }

  [Symbol.dispose](): void {
    this.stream.on("error", () => {});
    this.stream.cancel();
    this.#client.close();
  }
}

async function withServer(
  run: (server: XdsServer) => Promise<void>,
  options: Partial<XdsServerOptions> = {},
): Promise<void> {
  const stop = new AbortController();
  const server = await startXdsServer({ listen: { address: "127.0.0.1:0" }, signal: stop.signal, ...options });
  try {
    await run(server);
  } finally {
    stop.abort();
    await server.closed;
  }
}

test("a proxy that isn't known is told why, and reported", async () => {
  const problems: Problem[] = [];
  await withServer(
    async (server) => {
      for (const id of ["nonsense", "gateway/test/other/one"]) {
        using client = new RawClient(server.port);
        client.send({ node: { id }, typeUrl: TYPE_URL.Cluster });
        const { code, details } = await client.error();
        assert.equal(code, grpc.status.PERMISSION_DENIED);
        assert.match(details, id === "nonsense" ? /node id "nonsense" names no proxy/ : /Gateway\/test\/other/);
      }
    },
    { onProblem: (problem) => problems.push(problem) },
  );
  assert.deepEqual(
    problems.map(({ code }) => code),
    ["LB3004", "LB3004"],
  );
});

test("the state-of-the-world protocol is declined in words", async () => {
  await withServer(async (server) => {
    using client = new RawClient(server.port, "StreamAggregatedResources");
    const { code, details } = await client.error();
    assert.equal(code, grpc.status.UNIMPLEMENTED);
    assert.match(details, /DELTA_GRPC/);
  });
});

test("bytes that are no request end their own stream only", async () => {
  await withServer(async (server) => {
    server.publish(GATEWAY, put(...service("a", 1)), 1);
    using good = new RawClient(server.port);
    good.send({ node: PROXY, typeUrl: TYPE_URL.Cluster });
    assert.equal((await good.next()).resources[0]?.name, "a");
    using bad = new RawClient(server.port);
    bad.stream.write(Buffer.from([0xff, 0xff, 0xff]));
    assert.equal((await bad.error()).code, grpc.status.INVALID_ARGUMENT);
    assert.equal(server.progress(GATEWAY).length, 1);
  });
});

test("progress is told when a proxy joins, acknowledges and leaves", async () => {
  const seen: string[] = [];
  const waiting: (() => void)[] = [];
  let server: XdsServer | undefined;
  const told = (): Promise<void> => new Promise((resolve) => waiting.push(resolve));
  const onProgress = (gateway: string): void => {
    const proxies = server?.progress(gateway).map(({ instance, inSync }) => `${instance} ${inSync}`) ?? [];
    seen.push(`${server?.acknowledgedSequence(gateway)} [${proxies}]`);
    waiting.shift()?.();
  };
  await withServer(
    async (started) => {
      server = started;
      server.publish(GATEWAY, put(service("a", 1)[0]), 7);
      const client = new RawClient(server.port);
      const joined = told();
      client.send({ node: PROXY, typeUrl: TYPE_URL.Cluster });
      const { nonce } = await client.next();
      await joined;
      const acknowledged = told();
      client.send({ typeUrl: TYPE_URL.Cluster, responseNonce: nonce });
      await acknowledged;
      const left = told();
      client[Symbol.dispose]();
      await left;
    },
    { onProgress },
  );
  assert.deepEqual(seen, ["6 [one false]", "7 [one true]", "undefined []"]);
});

test("a gateway that is withdrawn has its proxies disconnected and not let in again", async () => {
  await withServer(async (server) => {
    server.publish(GATEWAY, [], 1);
    using client = new RawClient(server.port);
    client.send({ node: PROXY, typeUrl: TYPE_URL.Cluster });
    await client.next();
    const ended = client.error();
    server.withdraw(GATEWAY);
    assert.equal((await ended).code, grpc.status.UNAVAILABLE);
    using again = new RawClient(server.port);
    again.send({ node: PROXY, typeUrl: TYPE_URL.Cluster });
    assert.equal((await again.error()).code, grpc.status.PERMISSION_DENIED);
  });
});

test("what an earlier run left at the socket's path is replaced; a server that ends leaves nothing", async () => {
  await using gateway = new XdsGateway();
  writeFileSync(gateway.socketPath, "");
  await gateway.startServer();
  assert.ok(statSync(gateway.socketPath).isSocket());
  assert.equal(statSync(gateway.socketPath).mode & 0o777, 0o600, "only its owner may open it");
  await gateway.stopServer();
  assert.deepEqual(readdirSync(dirname(gateway.socketPath)), []);
});
