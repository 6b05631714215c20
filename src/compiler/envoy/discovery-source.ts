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
 * How long a cluster or listener waits for a secret before it goes on without. Whoever needs it then stays closed
 * until it comes. Not 0: that waits for ever, and one missing secret keeps Envoy from starting (docs/decisions/0014).
 */
const SECRET_WAIT_MS = 1_000;

export function secretSource(name: string): Init<typeof SdsSecretConfigSchema> {
  return { name, sdsConfig: { ...ADS, initialFetchTimeout: duration(SECRET_WAIT_MS) } };
}
