/**
 * Finds services on one platform. Every implementation passes test/support/discovery-contract.ts;
 * a new one is a folder of its own and a line in registry.ts.
 */
import type { EndpointQuery, EndpointSet } from "../model/endpoints.ts";
import type { Platform } from "../model/platform.ts";

export interface DiscoveryProvider {
  /** Starts to answer `query`; `publish` is called with the first answer and with each that differs. Idempotent. */
  want(query: EndpointQuery): void;
  /** Stops answering. Nothing is published for it afterwards. */
  forget(query: EndpointQuery): void;
  /** The Platform object changed; answers that differ are published anew. */
  configure(platform: Platform): void;
  close(): Promise<void>;
}

export type Publish = (query: EndpointQuery, endpoints: EndpointSet) => void;

export type ProviderFactory = (platform: Platform, publish: Publish) => DiscoveryProvider;
