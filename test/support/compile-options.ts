import type { CompileOptions } from "../../src/compiler/routing/routing.ts";

/** The same in every test, so that compiled bytes can be compared. */
export const COMPILE_OPTIONS: CompileOptions = {
  bindAddress: "127.0.0.1",
  accessLog: { kind: "off" },
  runtimeLayers: ["splits-0", "splits-1"],
  systemTrust: () => "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
};
