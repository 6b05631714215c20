/** The product's xDS server and real Envoys that it feeds. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ResourceChange } from "../../src/compiler/envoy/resource.ts";
import { buildBootstrap } from "../../src/proxy/bootstrap.ts";
import type { RefusedReport } from "../../src/xds/progress.ts";
import { startXdsServer, type XdsServer } from "../../src/xds/server.ts";
import { EnvoyProcess } from "./envoy-process.ts";
import { eventually } from "./supervised-envoy.ts";

const GATEWAY = "Gateway/test/edge";

export class XdsGateway implements AsyncDisposable {
  readonly #directory = mkdtempSync(join(tmpdir(), "lb-xds-"));
  readonly #envoys: EnvoyProcess[] = [];
  readonly refused: RefusedReport[] = [];
  #stop = new AbortController();
  #sequence = 0;
  #server: XdsServer | undefined;

  get server(): XdsServer {
    if (!this.#server) throw new Error("the xDS server isn't running");
    return this.#server;
  }

  get socketPath(): string {
    return join(this.#directory, "xds.sock");
  }

  async startServer(): Promise<void> {
    this.#stop = new AbortController();
    this.#server = await startXdsServer({
      listen: { socketPath: this.socketPath },
      onRefused: (_gateway, report) => this.refused.push(report),
      signal: this.#stop.signal,
    });
  }

  async stopServer(): Promise<void> {
    this.#stop.abort();
    await this.#server?.closed;
    this.#server = undefined;
  }

  async startEnvoy(instance: string, runtimeLayers: readonly string[] = []): Promise<EnvoyProcess> {
    const envoy = await EnvoyProcess.start(({ adminSocket }) =>
      buildBootstrap({
        nodeId: `gateway/test/edge/${instance}`,
        xdsSocketPath: this.socketPath,
        adminSocketPath: adminSocket,
        runtimeLayers,
      }),
    );
    this.#envoys.push(envoy);
    return envoy;
  }

  publish(...changes: readonly ResourceChange[]): number {
    this.#sequence += 1;
    this.server.publish(GATEWAY, changes, this.#sequence);
    return this.#sequence;
  }

  progress() {
    return this.server.progress(GATEWAY);
  }

  acknowledged(): number | undefined {
    return this.server.acknowledgedSequence(GATEWAY);
  }

  quarantined(): string[] {
    return this.server.quarantined(GATEWAY).map(({ id }) => id);
  }

  /** Waits until that many proxies are connected and have everything. */
  async inSync(proxies = 1): Promise<void> {
    const what = `${proxies} proxies in sync`;
    await eventually(what, () => {
      const progress = this.progress();
      return progress.length === proxies && progress.every(({ inSync }) => inSync);
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}: ${JSON.stringify(this.#server && this.progress(), null, 1)}`);
    });
  }

  async inSyncOnly(instance: string): Promise<void> {
    await eventually(`only ${instance} in sync`, () =>
      this.progress().every((proxy) => proxy.inSync === (proxy.instance === instance)),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const envoy of this.#envoys) await envoy.stop();
    if (this.#server) await this.stopServer();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

export interface Origin extends AsyncDisposable {
  readonly port: number;
}

/** A server that answers with its name. */
export async function startOrigin(name: string): Promise<Origin> {
  const server: Server = createServer({ keepAliveTimeout: 600_000 }, (_request, response) => response.end(name));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

/** One request on its own connection. @returns "200 <body>", or the error's code */
export function get(port: number, hostname: string): Promise<string> {
  return new Promise((resolve) => {
    const call = request({ host: "127.0.0.1", port, agent: false, headers: { host: hostname } }, async (response) => {
      const chunks = await response.toArray();
      resolve(`${response.statusCode} ${Buffer.concat(chunks).toString()}`);
    });
    call.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message)).end();
  });
}

export interface LoadResult {
  readonly sent: number;
  /** How often each answer came that wasn't a 200. */
  readonly failures: Readonly<Record<string, number>>;
}

/** Requests at a steady rate, whether or not earlier ones were answered, until the returned function is called. */
export function startLoad(port: number, hostname: () => string, perSecond: number): () => Promise<LoadResult> {
  const failures: Record<string, number> = {};
  const open = new Set<Promise<void>>();
  const began = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    for (const due = ((performance.now() - began) * perSecond) / 1000; sent < due; sent++) {
      const answer = get(port, hostname()).then((result) => {
        if (!result.startsWith("200 ")) failures[result] = (failures[result] ?? 0) + 1;
        open.delete(answer);
      });
      open.add(answer);
    }
  }, 5);
  return async () => {
    clearInterval(timer);
    await Promise.all(open);
    return { sent, failures };
  };
}
