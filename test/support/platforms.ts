/** Platform objects as parsing makes them, for tests that don't parse. */
import type { DnsSettings, Platform, StaticService } from "../../src/model/platform.ts";

const METADATA = { namespace: "", labels: {}, annotations: {} };

export function staticPlatform(name: string, services: readonly StaticService[]): Platform {
  return {
    apiVersion: "landbridge.dev/v1alpha1",
    kind: "Platform",
    metadata: { ...METADATA, name },
    spec: { type: "Static", static: { services } },
  };
}

export function dnsPlatform(name: string, settings: Partial<DnsSettings>): Platform {
  const defaults = { servers: [], records: "A+AAAA", minTtl: "1s", maxTtl: "5m", timeout: "2s" } as const;
  return {
    apiVersion: "landbridge.dev/v1alpha1",
    kind: "Platform",
    metadata: { ...METADATA, name },
    spec: { type: "DNS", dns: { ...defaults, ...settings } },
  };
}
