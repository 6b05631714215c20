/**
 * A real Envoy under the product's supervisor, with a static listener in place of a control plane.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer as createHttpServer, request, type Server } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Bootstrap, buildBootstrap } from "../../src/proxy/bootstrap.ts";
import { type EnvoyBinary, findEnvoy } from "../../src/proxy/envoy-binary.ts";
import { proxyPaths } from "../../src/proxy/paths.ts";
import { EnvoySupervisor } from "../../src/proxy/supervisor.ts";

/** A directory for one test. Short, since unix sockets lie in it; removed by `[Symbol.dispose]`. */
export function scratchDirectory(): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), "lb-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

export async function envoyForTests(): Promise<EnvoyBinary> {
  const found = await findEnvoy();
  assert.ok(!("code" in found), JSON.stringify(found));
  return found;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** Polls `condition` until it is true; fails with `what` after the bound. */
export async function eventually(what: string, condition: () => boolean | Promise<boolean>, boundMs = 15_000) {
  const deadline = performance.now() + boundMs;
  while (!(await condition())) {
    assert.ok(performance.now() < deadline, `not within ${boundMs} ms: ${what}`);
    await delay(10);
  }
}

/** The product's bootstrap, but serving `port` -> `originPort` by itself instead of waiting for xDS. */
export function staticBootstrap(directory: string, port: number, originPort: number): Bootstrap {
  const address = (portValue: number) => ({ socket_address: { address: "127.0.0.1", port_value: portValue } });
  const bootstrap = buildBootstrap({
    nodeId: "gateway/infra/edge/test",
    xdsSocketPath: join(directory, "xds.sock"),
    adminSocketPath: proxyPaths(directory).adminSocket,
    runtimeLayers: [],
  });
  const type = "type.googleapis.com/envoy.extensions.filters";
  const connectionManager = {
    "@type": `${type}.network.http_connection_manager.v3.HttpConnectionManager`,
    stat_prefix: "test",
    http_filters: [{ name: "envoy.filters.http.router", typed_config: { "@type": `${type}.http.router.v3.Router` } }],
    route_config: {
      virtual_hosts: [
        {
          name: "all",
          domains: ["*"],
          routes: [{ match: { prefix: "/" }, route: { cluster: "origin", timeout: "0s" } }],
        },
      ],
    },
  };
  return {
    ...bootstrap,
    dynamic_resources: {},
    static_resources: {
      listeners: [
        {
          name: "test",
          address: address(port),
          filter_chains: [{ filters: [{ name: "http", typed_config: connectionManager }] }],
        },
      ],
      clusters: [
        {
          name: "origin",
          type: "STATIC",
          connect_timeout: "1s",
          load_assignment: {
            cluster_name: "origin",
            endpoints: [{ lb_endpoints: [{ endpoint: { address: address(originPort) } }] }],
          },
        },
      ],
    },
  };
}

/** Resolves when Envoy serves. Fails, with nothing left running, when it doesn't. */
export async function runEnvoy(
  binary: EnvoyBinary,
  directory: string,
  bootstrap: Bootstrap,
): Promise<EnvoySupervisor & AsyncDisposable> {
  const supervisor = new EnvoySupervisor({ binary, directory, bootstrap, concurrency: 1 });
  const problem = (await supervisor.start()) ?? (await supervisor.waitReady(15_000));
  if (problem !== undefined) await supervisor.stop({ drainMs: 0 });
  assert.equal(problem, undefined);
  return Object.assign(supervisor, { [Symbol.asyncDispose]: () => supervisor.stop({ drainMs: 0 }) });
}

/** An HTTP server that answers "/held" only when told to, and everything else at once. */
export class Origin implements AsyncDisposable {
  readonly #server: Server;
  readonly #held: (() => void)[] = [];

  constructor() {
    this.#server = createHttpServer((incoming, response) => {
      if (incoming.url === "/held") this.#held.push(() => response.end("held\n"));
      else response.end("at once\n");
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((done) => this.#server.listen(0, "127.0.0.1", done));
    return (this.#server.address() as AddressInfo).port;
  }

  get heldRequests(): number {
    return this.#held.length;
  }

  release(): void {
    for (const answer of this.#held.splice(0)) answer();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}

/** Status and body; status 0 when the connection failed. */
export function get(port: number, path = "/"): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((done) => {
    const outgoing = request({ host: "127.0.0.1", port, path, agent: false }, (response) => {
      let body = "";
      response.on("data", (chunk) => {
        body += String(chunk);
      });
      response.on("end", () => done({ status: response.statusCode ?? 0, body }));
      response.on("error", () => done({ status: 0, body }));
    });
    outgoing.on("error", (error) => done({ status: 0, body: error.message }));
    outgoing.end();
  });
}
