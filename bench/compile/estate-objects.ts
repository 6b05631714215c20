/** The benchmark's estate as the compiler takes it. */
import type { FoundEndpoints } from "../../src/compiler/compile.ts";
import type { CompileOptions } from "../../src/compiler/routing/routing.ts";
import { RUNTIME_LAYERS } from "../../src/control/runtime-layers.ts";
import type { EndpointSet } from "../../src/model/endpoints.ts";
import type { AnyResource } from "../../src/model/kinds.ts";
import { parse } from "../../src/model/parse.ts";
import { type EstateFiles, estateFiles } from "../estate/estate.ts";

export const OPTIONS: CompileOptions = {
  bindAddress: "127.0.0.1",
  accessLog: { kind: "off" },
  runtimeLayers: RUNTIME_LAYERS,
  systemTrust: () => "",
};

export function filesOf(hosts: number, port = 8080): EstateFiles {
  return estateFiles({ hosts, port, origins: { a: 8010, b: 8020 } });
}

export function parseAll(files: EstateFiles): AnyResource[] {
  return Array.from(files).flatMap(([path, text]) => parse(text, path).objects.map(({ resource }) => resource));
}

export function endpointAt(port: number): EndpointSet {
  return { state: "known", endpoints: [{ address: "127.0.0.1", port }] };
}

/** An answer to every question of the estate's services. */
export function found(objects: readonly AnyResource[]): FoundEndpoints[] {
  return objects.flatMap((object) => {
    if (object.kind !== "HybridService") return [];
    const { name } = object.metadata;
    return object.spec.backends.map(({ platform, namespace = "", service = name }) => {
      return { query: { platform, namespace, service }, set: endpointAt(1) };
    });
  });
}
