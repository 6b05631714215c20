import { ApiVersion, type ConfigSourceSchema } from "../../gen/envoy/config/core/v3/config_source_pb.js";
import type { SdsSecretConfigSchema } from "../../gen/envoy/extensions/transport_sockets/tls/v3/secret_pb.js";
import { duration } from "./duration.ts";
import type { Init } from "./message-init.ts";

/** Everything dynamic comes over the proxy's one aggregated stream. */
export const ADS: Init<typeof ConfigSourceSchema> = {
  configSourceSpecifier: { case: "ads", value: {} },
  resourceApiVersion: ApiVersion.V3,
};

/**
 * A secret by name. The fetch has no timeout, because with one a missing secret would hold back the
 * acknowledgement of everything pushed with it (15 s); until it comes, whoever needs it stays closed.
 */
export function secretSource(name: string): Init<typeof SdsSecretConfigSchema> {
  return { name, sdsConfig: { ...ADS, initialFetchTimeout: duration(0) } };
}
