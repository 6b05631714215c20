import { createStaticProvider } from "../../../src/discovery/static/provider.ts";
import { type ContractPlatform, discoveryContract } from "../../support/discovery-contract.ts";
import { staticPlatform } from "../../support/platforms.ts";

discoveryContract("Static", createStaticProvider, async (): Promise<ContractPlatform> => {
  const places = new Map<string, readonly string[]>();
  const platform = () =>
    staticPlatform(
      "under-test",
      [...places].map(([name, addresses]) => ({ name, endpoints: addresses.map((address) => `${address}:80`) })),
    );
  return {
    platform: platform(),
    place: (service, addresses) => {
      if (addresses.length > 0) places.set(service, addresses);
      else places.delete(service);
      return platform();
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
});
