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
  nodePort: z.int().min(0).max(65535).optional().describe("Port on every node. Not used."),
});

/** Fields that say how Kubernetes itself is to serve the Service. They are kept, and mean nothing here. */
const unusedFields = {
  clusterIPs: z.array(z.string()).optional().describe("Virtual addresses, one for each address family. Not used."),
  externalIPs: z.array(z.string()).optional().describe("Further addresses that nodes answer on. Not used."),
  sessionAffinity: z.enum(["ClientIP", "None"]).optional().describe("Keeps a client with one pod. Not used."),
  sessionAffinityConfig: z
    .strictObject({
      clientIP: z
        .strictObject({
          timeoutSeconds: z.int().min(1).max(86_400).optional().describe("How long, in seconds. Not used."),
        })
        .optional()
        .describe("Settings for ClientIP. Not used."),
    })
    .optional()
    .describe("Settings of sessionAffinity. Not used."),
  loadBalancerIP: z.string().optional().describe("Address to ask of the load balancer. Not used."),
  loadBalancerClass: z.string().optional().describe("Which implementation makes the load balancer. Not used."),
  loadBalancerSourceRanges: z.array(z.string()).optional().describe("Clients that may come in. Not used."),
  allocateLoadBalancerNodePorts: z.boolean().optional().describe("Whether node ports are taken. Not used."),
  externalTrafficPolicy: z
    .enum(["Cluster", "Local"])
    .optional()
    .describe("Which pods get traffic from outside. Not used."),
  internalTrafficPolicy: z
    .enum(["Cluster", "Local"])
    .optional()
    .describe("Which pods get traffic from inside. Not used."),
  healthCheckNodePort: z.int().min(0).max(65_535).optional().describe("Port for health checks of a node. Not used."),
  publishNotReadyAddresses: z.boolean().optional().describe("Whether pods that aren't ready are named. Not used."),
  ipFamilies: z.array(z.string()).optional().describe("Address families: IPv4, IPv6. Not used."),
  ipFamilyPolicy: z
    .enum(["SingleStack", "PreferDualStack", "RequireDualStack"])
    .optional()
    .describe("Whether one or two address families are wanted. Not used."),
  trafficDistribution: z.string().optional().describe("Which endpoints are preferred. Not used."),
};

const schema = z.strictObject({
  spec: z
    .strictObject({
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
      ...unusedFields,
    })
    .describe("What the service is."),
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
