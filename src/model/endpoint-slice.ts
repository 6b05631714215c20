import * as z from "zod";
import { coreObjectReference } from "./core-object-reference.ts";
import { defineKind, type Resource } from "./kind-definition.ts";
import { checkEndpointSlice } from "./service-rules.ts";

const placeNames = (what: string) =>
  z
    .array(z.strictObject({ name: z.string().describe("Its name.") }))
    .optional()
    .describe(`${what} whose clients should prefer it. Not used.`);

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
  hostname: z.string().optional().describe("Name of the workload. Not used."),
  targetRef: coreObjectReference.optional().describe("The object that runs there, such as a pod. Not used."),
  nodeName: z.string().optional().describe("Node that it runs on. Not used."),
  zone: z.string().optional().describe("Zone that it runs in. Not used."),
  hints: z
    .strictObject({
      forZones: placeNames("Zones"),
      forNodes: placeNames("Nodes"),
    })
    .optional()
    .describe("Who should prefer it. Not used."),
  deprecatedTopology: z
    .record(z.string(), z.string())
    .optional()
    .describe("Where it runs, as older versions of Kubernetes said it. Not used."),
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
