import * as z from "zod";
import { defineKind, type Resource } from "./kind-definition.ts";
import { checkEndpointSlice } from "./service-rules.ts";

const unused = () => z.unknown().optional().describe("Not used.");

const endpoint = z.strictObject({
  addresses: z.array(z.string()).min(1).max(100).describe("Addresses of one workload; they are the same to a client."),
  conditions: z
    .strictObject({
      ready: z.boolean().optional().describe("Takes traffic; absent: yes."),
      serving: z.boolean().optional().describe("As ready, but true while terminating too."),
      terminating: z.boolean().optional().describe("Is being shut down."),
    })
    .default({})
    .describe("State of the workload."),
  hostname: unused(),
  targetRef: unused(),
  nodeName: unused(),
  zone: unused(),
  hints: unused(),
  deprecatedTopology: unused(),
});

const port = z.strictObject({
  name: z.string().default("").describe("Name of the port, as in the Service."),
  protocol: z.enum(["TCP", "UDP", "SCTP"]).default("TCP").describe("Transport protocol."),
  port: z.int().min(1).max(65535).optional().describe("Port number; absent: all ports."),
  appProtocol: z.string().optional().describe("What is spoken on it."),
});

const schema = z.strictObject({
  addressType: z.enum(["IPv4", "IPv6", "FQDN"]).describe("What the addresses are."),
  endpoints: z.array(endpoint).max(1000).default([]).describe("Workloads of the service."),
  ports: z.array(port).max(100).default([]).describe("Ports that all of them have."),
});

/** The label that says which Service a slice belongs to. */
export const SERVICE_NAME_LABEL = "kubernetes.io/service-name";

export const endpointSliceKind = defineKind({
  kind: "EndpointSlice",
  plural: "endpointslices",
  singular: "endpointslice",
  shortNames: [],
  group: "discovery.k8s.io",
  versions: ["v1"],
  namespaced: true,
  nameRule: "subdomain",
  description: "Where a Service's workloads are; the label kubernetes.io/service-name names the Service.",
  schema,
  check: checkEndpointSlice,
});

export type EndpointSlice = Resource<"EndpointSlice", z.output<typeof schema>>;
