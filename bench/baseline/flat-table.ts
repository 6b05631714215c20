/**
 * What Landbridge would be with one flat route table: its own source, parser, compiler and discovery, and an Envoy
 * whose hosts all stand in one RouteConfiguration. Generous to the flat table: an edit marshals only the host that
 * changed, the bytes of the others are kept and joined.
 */
import { join } from "node:path";
import { type CompileDelta, Compiler, type Edit } from "../../src/compiler/compiler.ts";
import type { EnvoyResource } from "../../src/compiler/envoy/resource.ts";
import { DirectorySource } from "../../src/config/directory/source.ts";
import { RUNTIME_LAYERS } from "../../src/control/runtime-layers.ts";
import { Discovery } from "../../src/discovery/discovery.ts";
import { buildBootstrap } from "../../src/proxy/bootstrap.ts";
import { EnvoyProcess } from "../../test/support/envoy-process.ts";
import { TinyAds } from "../../test/support/tiny-ads.ts";
import { answerCalls, endWithParent } from "../processes/calls.ts";
import { FlatRoutes } from "./flat-routes.ts";

export type FlatTableCalls = {
  /** Serves the directory. @returns once all of it is sent, the process id of Envoy, which may still be taking it */
  serve(directory: string): Promise<number>;
};

const stopped = new AbortController();
let envoy: EnvoyProcess | undefined;

const calls: FlatTableCalls = {
  async serve(directory) {
    let table: FlatTable | undefined;
    const served = Promise.withResolvers<void>();
    envoy = await EnvoyProcess.start(({ directory: own, adminSocket }) => {
      const socket = join(own, "xds.sock");
      TinyAds.start(socket).then(async (ads) => {
        table = new FlatTable(ads);
        await table.watch(directory);
        served.resolve();
      }, served.reject);
      return buildBootstrap({
        nodeId: "flat",
        xdsSocketPath: socket,
        adminSocketPath: adminSocket,
        runtimeLayers: RUNTIME_LAYERS,
      });
    });
    await served.promise;
    return envoy.pid;
  },
};

class FlatTable {
  readonly #ads: TinyAds;
  readonly #routes = new FlatRoutes();
  readonly #compiler = new Compiler({
    bindAddress: "127.0.0.1",
    accessLog: { kind: "off" },
    runtimeLayers: RUNTIME_LAYERS,
    systemTrust: () => "",
  });
  readonly #discovery = new Discovery((query, set) => {
    this.#found.push({ kind: "endpoints", query, set });
  });
  readonly #found: Edit[] = [];

  constructor(ads: TinyAds) {
    this.#ads = ads;
  }

  /** Resolves when the first state of the directory is published. */
  watch(directory: string): Promise<void> {
    const first = Promise.withResolvers<void>();
    new DirectorySource(directory)
      .run(({ upserts }) => {
        for (const { resource } of upserts) if (resource.kind === "Platform") this.#discovery.setPlatform(resource);
        const delta = this.#compiler.update(upserts.map(({ resource }) => ({ kind: "set", resource })));
        this.#discovery.setQueries(delta.queriesAdded, delta.queriesRemoved);
        const endpoints = this.#compiler.update(this.#found.splice(0));
        this.#publish([delta, endpoints]).then(first.resolve, first.reject);
      }, stopped.signal)
      .catch(first.reject);
    return first.promise;
  }

  async #publish(deltas: readonly CompileDelta[]): Promise<void> {
    const changed = new Map<string, EnvoyResource>();
    for (const change of deltas.flatMap(({ resources }) => [...resources.values()].flat())) {
      if (change.resource) changed.set(`${change.type} ${change.name}`, change.resource);
    }
    await this.#ads.publish(this.#routes.flatten([...changed.values()]));
  }
}

answerCalls(calls);
endWithParent(async () => {
  stopped.abort();
  await envoy?.stop();
});
