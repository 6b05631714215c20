/** A provider for each type of Platform. A new one is a folder and a line here. */
import type { Platform } from "../model/platform.ts";
import { createDnsProvider } from "./dns/provider.ts";
import type { ProviderFactory } from "./provider.ts";
import { createStaticProvider } from "./static/provider.ts";

export type ProviderRegistry = Readonly<Record<Platform["spec"]["type"], ProviderFactory>>;

export const PROVIDERS: ProviderRegistry = {
  Static: createStaticProvider,
  DNS: createDnsProvider,
};
