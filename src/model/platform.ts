import * as z from "zod";
import { checkedString } from "./checked-string.ts";
import { durationField } from "./duration.ts";
import { preciseHostnameField } from "./hostname.ts";
import { ipEndpointField } from "./ip-endpoint.ts";
import { defineKind, LANDBRIDGE_GROUP, type Resource } from "./kind-definition.ts";
import { namespaceField } from "./object-name.ts";
import { checkPlatform } from "./platform-rules.ts";
import { checkServiceName } from "./platform-service-name.ts";

const staticService = z.strictObject({
  name: checkedString(checkServiceName, { minLength: 1, maxLength: 253 }).describe(
    "Name by which HybridService backends ask for it.",
  ),
  namespace: namespaceField().optional().describe("Namespace that a backend must ask in; absent: any."),
  endpoints: z
    .array(ipEndpointField())
    .max(1000)
    .default([])
    .describe('Where it runs: "10.1.0.4:8010", "[fd00::4]:8010". May be empty.'),
});

const dns = z.strictObject({
  servers: z
    .array(ipEndpointField())
    .max(8)
    .default([])
    .describe("DNS servers with their ports; empty: those of the system."),
  domain: preciseHostnameField()
    .optional()
    .describe("Added to the service's name: shopfront is asked as shopfront.<domain>."),
  records: z
    .enum(["A", "AAAA", "A+AAAA", "SRV"])
    .default("A+AAAA")
    .describe("What to ask for. SRV brings ports; the others need a port in the HybridService backend."),
  minTtl: durationField().default("1s").describe("Ask at most this often, whatever the answer's TTL."),
  maxTtl: durationField().default("5m").describe("Ask at least this often, whatever the answer's TTL."),
  timeout: durationField().default("2s").describe("How long to wait for one answer."),
});

const schema = z.strictObject({
  spec: z
    .strictObject({
      type: z.enum(["Static", "DNS"]).describe("How services are found there."),
      static: z
        .strictObject({
          services: z.array(staticService).max(10_000).default([]).describe("The services and their addresses."),
        })
        .optional()
        .describe("Settings for Static."),
      dns: dns.optional().describe("Settings for DNS; absent: the defaults."),
    })
    .describe("Where the platform is, and how it is asked."),
});

export const platformKind = defineKind({
  kind: "Platform",
  plural: "platforms",
  singular: "platform",
  shortNames: ["plat"],
  categories: ["landbridge"],
  group: LANDBRIDGE_GROUP,
  versions: ["v1alpha1"],
  namespaced: false,
  nameRule: "label",
  description: "A place where services run, and how to find them there.",
  schema,
  complete: ({ spec }) => ({
    spec: {
      ...spec,
      ...(spec.type === "Static" && !spec.static ? { static: { services: [] } } : {}),
      ...(spec.type === "DNS" && !spec.dns ? { dns: dns.parse({}) } : {}),
    },
  }),
  check: (platform) => checkPlatform(platform.spec),
});

export type Platform = Resource<"Platform", z.output<typeof schema>>;
export type DnsSettings = NonNullable<Platform["spec"]["dns"]>;
export type StaticService = NonNullable<Platform["spec"]["static"]>["services"][number];
