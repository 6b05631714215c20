import { createDnsProvider } from "../../src/discovery/dns/provider.ts";
import { type ContractPlatform, discoveryContract } from "../support/discovery-contract.ts";
import { DnsServer } from "../support/dns-server.ts";
import { dnsPlatform } from "../support/platforms.ts";

discoveryContract("DNS", createDnsProvider, async (): Promise<ContractPlatform> => {
  const server = await new DnsServer().listen();
  const platform = dnsPlatform("under-test", { servers: [server.place], domain: "shop.test", minTtl: "20ms" });
  return {
    platform,
    place: (service, addresses) => {
      server.a(`${service}.shop.test`, 0, ...addresses);
      return platform;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
});
