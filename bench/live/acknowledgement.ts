/**
 * From a change that the compiler is given to Envoy's acknowledgement of it: compiler, xDS server and one Envoy, with
 * neither files before nor requests after. The xDS server says when everything up to a change is acknowledged.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type CompileDelta, Compiler, type Edit } from "../../src/compiler/compiler.ts";
import { RUNTIME_LAYERS } from "../../src/control/runtime-layers.ts";
import { parse } from "../../src/model/parse.ts";
import { buildBootstrap } from "../../src/proxy/bootstrap.ts";
import { startXdsServer, type XdsServer } from "../../src/xds/server.ts";
import { EnvoyProcess } from "../../test/support/envoy-process.ts";
import { freePort } from "../../test/support/free-port.ts";
import type { Benchmark, BenchmarkOptions } from "../benchmark.ts";
import { endpointAt, filesOf, found, OPTIONS, parseAll } from "../compile/estate-objects.ts";
import { hostPath, hostText, MOVING_SERVICES } from "../estate/estate.ts";
import { atMost, type Figure } from "../report/figure.ts";
import { sampleOf } from "../report/sample.ts";

const HOSTS = 3000;
const GATEWAY = "Gateway/infra/edge";
const WARM_UP = 30;
const PAUSE_MS = 10;

export const acknowledgement: Benchmark = {
  name: "ack",
  summary: "a change given to the compiler, until Envoy has acknowledged it, with 3000 hosts",
  async run(options) {
    options.say(`an Envoy with ${HOSTS} hosts`);
    const gateway = await AcknowledgingGateway.start(options);
    const count = options.quick ? 100 : 300;
    const objects = parseAll(filesOf(HOSTS));
    const services = found(objects).slice(2 * MOVING_SERVICES);
    const endpoints = (index: number): Edit[] => {
      const { query } = services[(index * 1_013) % services.length] ?? { query: undefined };
      return query ? [{ kind: "endpoints", query, set: endpointAt(2 + (index % 60_000)) }] : [];
    };
    const file = (host: number, text: string): Edit[] =>
      parse(text, hostPath(host)).objects.map(({ resource }) => ({ kind: "set", resource }));
    const route = (index: number) => {
      const host = (index * 1_013 + 7) % HOSTS;
      return file(host, hostText(host, ["/app", `/edit-${index}`]));
    };
    const split = (index: number) => {
      const host = index % MOVING_SERVICES;
      return file(host, hostText(host, ["/app"], 1 + (Math.floor(index / MOVING_SERVICES) % 99)));
    };
    return [
      { ...(await gateway.times("endpoints of a service", endpoints, count)), targets: [atMost("p50", 3)] },
      await gateway.times("weights of a split", split, count),
      await gateway.times("a route", route, count),
    ];
  },
};

class AcknowledgingGateway {
  readonly #compiler = new Compiler(OPTIONS);
  readonly #xds: XdsServer;
  #sequence = 0;
  #acknowledged = Promise.withResolvers<void>();

  private constructor(xds: XdsServer) {
    this.#xds = xds;
  }

  static async start({ resources }: BenchmarkOptions): Promise<AcknowledgingGateway> {
    const directory = mkdtempSync(join(tmpdir(), "lb-bench-ack-"));
    resources.defer(() => rmSync(directory, { recursive: true, force: true }));
    const stop = new AbortController();
    const socketPath = join(directory, "xds.sock");
    let gateway: AcknowledgingGateway | undefined;
    const onProgress = () => gateway?.onProgress();
    const xds = await startXdsServer({ listen: { socketPath }, onProgress, signal: stop.signal });
    resources.defer(() => stop.abort());
    gateway = new AcknowledgingGateway(xds);
    const objects = parseAll(filesOf(HOSTS, await freePort()));
    gateway.#publish(gateway.#compiler.update(objects.map((resource) => ({ kind: "set", resource }))));
    gateway.#publish(gateway.#compiler.update(found(objects).map((each) => ({ kind: "endpoints", ...each }))));
    const envoy = await EnvoyProcess.start(({ adminSocket: adminSocketPath }) => {
      const nodeId = "gateway/infra/edge/bench";
      return buildBootstrap({ nodeId, xdsSocketPath: socketPath, adminSocketPath, runtimeLayers: RUNTIME_LAYERS });
    });
    resources.defer(() => envoy.stop());
    await gateway.#acknowledged.promise;
    return gateway;
  }

  async times(name: string, edits: (index: number) => readonly Edit[], count: number): Promise<Figure> {
    const times: number[] = [];
    for (let index = 0; index < WARM_UP + count; index++) {
      const change = edits(index);
      await delay(PAUSE_MS);
      this.#acknowledged = Promise.withResolvers<void>();
      const started = performance.now();
      this.#publish(this.#compiler.update(change));
      await this.#acknowledged.promise;
      if (index >= WARM_UP) times.push(performance.now() - started);
    }
    return { name: `${name} -> Envoy's ack`, unit: "ms", sample: sampleOf(times) };
  }

  onProgress(): void {
    if (this.#xds.acknowledgedSequence(GATEWAY) === this.#sequence) this.#acknowledged.resolve();
  }

  #publish({ resources }: CompileDelta): void {
    this.#sequence += 1;
    this.#xds.publish(GATEWAY, resources.get(GATEWAY) ?? [], this.#sequence);
  }
}
