/**
 * A real Envoy that serves what the Envoy stage of the compiler makes of routing values.
 */
import { type IncomingHttpHeaders, request } from "node:http";
import { join } from "node:path";
import { translateLeg } from "../../src/compiler/envoy/cluster.ts";
import { translateEndpoints } from "../../src/compiler/envoy/endpoints.ts";
import { translateHost, translateWildcards } from "../../src/compiler/envoy/host.ts";
import { translateListener } from "../../src/compiler/envoy/listener.ts";
import { isExactHostname } from "../../src/compiler/envoy/names.ts";
import type { EnvoyResource } from "../../src/compiler/envoy/resource.ts";
import { translateRuntime } from "../../src/compiler/envoy/runtime.ts";
import type { CompileOptions, HostRouting, Leg, PortRouting } from "../../src/compiler/routing/routing.ts";
import { buildBootstrap } from "../../src/proxy/bootstrap.ts";
import type { Echo } from "./echo-server.ts";
import { EnvoyProcess } from "./envoy-process.ts";
import { TinyAds } from "./tiny-ads.ts";

export const RUNTIME_LAYERS = ["splits-0", "splits-1"];

export interface GatewayContent {
  readonly ports: readonly PortRouting[];
  readonly hosts: readonly HostRouting[];
  /** Each leg with the local port of its one endpoint. */
  readonly legs: readonly (readonly [Leg, port: number])[];
  readonly more?: readonly EnvoyResource[];
  readonly accessLog?: CompileOptions["accessLog"];
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The body of an echo server; throws when it is none. */
  readonly echo: Echo;
}

export interface Ask {
  readonly host?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string;
}

export class TranslatedGateway {
  readonly envoy: EnvoyProcess;
  readonly ads: TinyAds;
  #port = 0;

  private constructor(envoy: EnvoyProcess, ads: TinyAds) {
    this.envoy = envoy;
    this.ads = ads;
  }

  static async start(content: GatewayContent): Promise<TranslatedGateway> {
    let ads: Promise<TinyAds> | undefined;
    const envoy = await EnvoyProcess.start(({ directory, adminSocket }) => {
      const xdsSocketPath = join(directory, "xds.sock");
      ads = TinyAds.start(xdsSocketPath).then(async (started) => {
        await started.publish(resourcesOf(content));
        return started;
      });
      return buildBootstrap({
        nodeId: "test",
        xdsSocketPath,
        adminSocketPath: adminSocket,
        runtimeLayers: RUNTIME_LAYERS,
      });
    });
    if (!ads) throw new Error("unreachable: the bootstrap was built");
    const gateway = new TranslatedGateway(envoy, await ads);
    const [first] = content.ports;
    if (first) gateway.#port = await envoy.portOf(first.name);
    return gateway;
  }

  /** Of the first listener. */
  get port(): number {
    return this.#port;
  }

  /** Resolves when Envoy has taken all of it; throws what it refused. */
  async publish(resources: readonly EnvoyResource[]): Promise<void> {
    await this.ads.publish(resources);
  }

  ask(path: string, { host = "shop.test", method = "GET", headers = {}, body }: Ask = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const options = { host: "127.0.0.1", port: this.#port, path, method, headers: { host, ...headers } };
      const call = request(options, async (response) => {
        const text = Buffer.concat(await response.toArray()).toString();
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: text,
          get echo() {
            return JSON.parse(text) as Echo;
          },
        });
      });
      call.on("error", reject);
      call.end(body);
    });
  }

  async stop(): Promise<void> {
    await this.envoy.stop();
    this.ads.stop();
  }
}

export function hostResources(hosts: readonly HostRouting[]): EnvoyResource[] {
  const exact = hosts.filter(({ hostname }) => isExactHostname(hostname)).flatMap(translateHost);
  const wildcards = Map.groupBy(
    hosts.filter(({ hostname }) => !isExactHostname(hostname)),
    ({ table }) => table,
  );
  return [...exact, ...[...wildcards].flatMap(([table, some]) => translateWildcards(table, some))];
}

function resourcesOf({ ports, hosts, legs, more = [], accessLog = { kind: "off" } }: GatewayContent): EnvoyResource[] {
  const options = { bindAddress: "127.0.0.1", accessLog, runtimeLayers: RUNTIME_LAYERS, systemTrust: () => "" };
  return [
    ...RUNTIME_LAYERS.map((layer) => translateRuntime(layer, [])),
    ...ports.map((port) => translateListener(port, options)),
    ...hostResources(hosts),
    ...legs.flatMap(([leg, port]) => [
      translateLeg(leg),
      translateEndpoints(leg, { state: "known", endpoints: [{ address: "127.0.0.1", port }] }),
    ]),
    ...more,
  ];
}
