import * as z from "zod";
import { checkedString } from "./checked-string.ts";
import { listener } from "./gateway-listener.ts";
import { checkGateway } from "./gateway-rules.ts";
import { defineKind, GATEWAY_API_GROUP, type Resource } from "./kind-definition.ts";
import { labelSelector } from "./label-selector.ts";
import { objectNameField } from "./object-name.ts";
import { localObjectReference, objectReference, portField, secretReference } from "./references.ts";

const ADDRESS_TYPE =
  /^(Hostname|IPAddress|NamedAddress|[a-z0-9]([-.a-z0-9]*[a-z0-9])?\/[A-Za-z0-9/\-._~%!$&'()*+,;=:]+)$/;

const addressType = checkedString(
  (value) =>
    ADDRESS_TYPE.test(value) && value.length <= 253
      ? undefined
      : {
          code: "LB1219",
          message: `${JSON.stringify(value.slice(0, 60))} isn't a type of address`,
          hint: "Write IPAddress, Hostname or NamedAddress.",
        },
  { minLength: 1, maxLength: 253 },
);

const address = z.strictObject({
  type: addressType.default("IPAddress").describe("IPAddress, Hostname or NamedAddress."),
  value: z.string().max(253).optional().describe("The address; absent: the controller chooses one."),
});

const frontendValidation = z.strictObject({
  validation: z
    .strictObject({
      caCertificateRefs: z
        .array(objectReference)
        .min(1)
        .max(16)
        .describe("Bundles of authorities that sign client certificates."),
      mode: z
        .enum(["AllowValidOnly", "AllowInsecureFallback"])
        .default("AllowValidOnly")
        .describe("AllowValidOnly: a client without a valid certificate is turned away."),
    })
    .optional()
    .describe("How client certificates are checked."),
});

const gatewayTls = z.strictObject({
  backend: z
    .strictObject({
      clientCertificateRef: secretReference.optional().describe("Certificate that the gateway shows to backends."),
    })
    .optional()
    .describe("TLS from the gateway to backends."),
  frontend: z
    .strictObject({
      default: frontendValidation.describe("For all HTTPS listeners that perPort doesn't name."),
      perPort: z
        .array(
          z.strictObject({
            port: portField().describe("Port of the listeners."),
            tls: frontendValidation.describe("Settings for it."),
          }),
        )
        .max(64)
        .default([])
        .describe("Settings for single ports."),
    })
    .optional()
    .describe("TLS from clients to the gateway."),
});

const schema = z.strictObject({
  spec: z
    .strictObject({
      gatewayClassName: objectNameField().describe("The GatewayClass, and with it the controller."),
      listeners: z.array(listener).min(1).max(64).describe("What the gateway listens on."),
      addresses: z
        .array(address)
        .max(16)
        .default([])
        .describe("Where the gateway binds; empty: the default of the installation."),
      infrastructure: z
        .strictObject({
          labels: z
            .record(z.string(), z.string())
            .default({})
            .describe("Labels for what is created to serve the Gateway."),
          annotations: z
            .record(z.string(), z.string())
            .default({})
            .describe("Annotations for what is created to serve the Gateway."),
          parametersRef: localObjectReference.optional().describe("Settings of the implementation."),
        })
        .optional()
        .describe("What is created to serve the Gateway."),
      allowedListeners: z
        .strictObject({
          namespaces: z
            .strictObject({
              from: z
                .enum(["All", "Selector", "Same", "None"])
                .default("None")
                .describe("Whose ListenerSets may attach."),
              selector: labelSelector.optional().describe("Labels of the namespaces, for Selector."),
            })
            .default({ from: "None" })
            .describe("Namespaces whose ListenerSets may attach."),
        })
        .optional()
        .describe("Which ListenerSets may add listeners."),
      tls: gatewayTls.optional().describe("TLS settings of the whole gateway."),
      defaultScope: z
        .enum(["All", "None"])
        .optional()
        .describe("All: routes that ask for default gateways attach to this one."),
    })
    .describe("What the gateway is."),
});

export const gatewayKind = defineKind({
  kind: "Gateway",
  plural: "gateways",
  singular: "gateway",
  shortNames: ["gtw"],
  categories: ["gateway-api"],
  group: GATEWAY_API_GROUP,
  versions: ["v1", "v1beta1"],
  namespaced: true,
  nameRule: "subdomain",
  description: "An entrance: the ports, hosts and certificates that routes attach to.",
  schema,
  check: (gateway) => checkGateway(gateway.spec),
});

export type Gateway = Resource<"Gateway", z.output<typeof schema>>;
export type GatewaySpec = Gateway["spec"];
export type Listener = GatewaySpec["listeners"][number];
