import * as z from "zod";
import { defineKind, type Resource } from "./kind-definition.ts";
import { labelNameField } from "./object-name.ts";
import { portField } from "./references.ts";
import { checkService } from "./service-rules.ts";

const port = z.strictObject({
  name: labelNameField().optional().describe("Name of the port; required when there are several."),
  protocol: z.enum(["TCP", "UDP", "SCTP"]).default("TCP").describe("Transport protocol."),
  appProtocol: z
    .string()
    .optional()
    .describe("What is spoken on it: http, https, kubernetes.io/h2c, kubernetes.io/ws, kubernetes.io/wss."),
  port: portField().describe("Port of the service."),
  targetPort: z
    .union([portField(), z.string()])
    .optional()
    .describe("Port of the pods, by number or name; EndpointSlices decide."),
  nodePort: z.int().min(0).max(65535).optional().describe("Not used."),
});

const unused = () => z.unknown().optional().describe("Not used.");

const schema = z.strictObject({
  spec: z.strictObject({
    ports: z.array(port).default([]).describe("Ports of the service."),
    selector: z
      .record(z.string(), z.string())
      .default({})
      .describe("Labels of the pods; EndpointSlices say which those are."),
    type: z
      .enum(["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"])
      .default("ClusterIP")
      .describe("Kind of service."),
    externalName: z.string().optional().describe("For ExternalName, which is not served as a backend."),
    clusterIP: z.string().optional().describe('Virtual address; "None" for a headless service.'),
    clusterIPs: unused(),
    externalIPs: unused(),
    sessionAffinity: unused(),
    sessionAffinityConfig: unused(),
    loadBalancerIP: unused(),
    loadBalancerClass: unused(),
    loadBalancerSourceRanges: unused(),
    allocateLoadBalancerNodePorts: unused(),
    externalTrafficPolicy: unused(),
    internalTrafficPolicy: unused(),
    healthCheckNodePort: unused(),
    publishNotReadyAddresses: unused(),
    ipFamilies: unused(),
    ipFamilyPolicy: unused(),
    trafficDistribution: unused(),
  }),
});

export const serviceKind = defineKind({
  kind: "Service",
  plural: "services",
  singular: "service",
  shortNames: ["svc"],
  categories: ["all"],
  group: "",
  versions: ["v1"],
  namespaced: true,
  nameRule: "label1035",
  description: "A service of Kubernetes; its EndpointSlices say where it runs.",
  schema,
  check: (service) => checkService(service.spec),
});

export type Service = Resource<"Service", z.output<typeof schema>>;
export type ServicePort = Service["spec"]["ports"][number];
