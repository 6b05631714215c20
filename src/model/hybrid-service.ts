import * as z from "zod";
import { checkedString } from "./checked-string.ts";
import { durationField } from "./duration.ts";
import { headerModifier } from "./header-modifier.ts";
import { preciseHostnameField } from "./hostname.ts";
import { checkHybridService } from "./hybrid-service-rules.ts";
import { defineKind, LANDBRIDGE_GROUP, type Resource } from "./kind-definition.ts";
import { labelNameField, namespaceField } from "./object-name.ts";
import { checkServiceName } from "./platform-service-name.ts";
import { localNameReference, portField, weightField } from "./references.ts";
import { stickyKey } from "./stickiness.ts";

const legTls = z.strictObject({
  mode: z
    .enum(["Disabled", "Simple", "Mutual"])
    .default("Disabled")
    .describe("Disabled: plain text. Simple: the server shows a certificate. Mutual: the gateway shows one too."),
  sni: preciseHostnameField().optional().describe("Name asked for in the TLS handshake; absent: that of `host`."),
  subjectAltNames: z
    .array(z.string().min(1).max(512))
    .max(16)
    .default([])
    .describe("Names of which the server's certificate must carry one, DNS names or URIs; empty: the sni."),
  caCertificateRef: localNameReference
    .optional()
    .describe("Secret of this namespace with the authorities under ca.crt; absent: those of the system."),
  clientCertificateRef: localNameReference
    .optional()
    .describe("Secret of this namespace and type kubernetes.io/tls that the gateway shows, for Mutual."),
});

const backend = z.strictObject({
  name: labelNameField().describe("Name of the backend, unique in the service."),
  platform: labelNameField().describe("The Platform where it runs."),
  service: checkedString(checkServiceName, { minLength: 1, maxLength: 253 })
    .optional()
    .describe("Its name on the platform; absent: that of this object."),
  namespace: namespaceField().optional().describe("Its namespace on the platform; absent: that of this object."),
  port: portField().optional().describe("Its port, where the platform knows only addresses."),
  host: preciseHostnameField()
    .optional()
    .describe("What the backend wants to see in Host; absent: what the client sent."),
  tls: legTls.default({ mode: "Disabled", subjectAltNames: [] }).describe("TLS from the gateway to the backend."),
  requestHeaders: headerModifier.optional().describe("Changes to the headers of requests to this backend."),
  connectTimeout: durationField().default("5s").describe("How long to wait for a connection."),
});

const schema = z.strictObject({
  spec: z
    .strictObject({
      port: portField().describe("The port of the service, for those who refer to it."),
      protocol: z.enum(["HTTP", "HTTP2", "GRPC", "TCP"]).default("HTTP").describe("What the backends speak."),
      backends: z.array(backend).min(1).max(16).describe("The places where the service runs."),
      split: z
        .array(
          z.strictObject({
            backend: labelNameField().describe("Name of a backend."),
            weight: weightField().describe("Share of the traffic, relative to the sum of all weights."),
          }),
        )
        .max(16)
        .default([])
        .describe("Shares of the traffic; a backend that isn't named gets none. With one backend it may be left out."),
      stickiness: z
        .array(stickyKey)
        .max(4)
        .default([])
        .describe("What keeps a user on one side of the split; the first that a request has decides."),
    })
    .describe("What the service is."),
});

export const hybridServiceKind = defineKind({
  kind: "HybridService",
  plural: "hybridservices",
  singular: "hybridservice",
  shortNames: ["hsvc"],
  categories: ["landbridge"],
  group: LANDBRIDGE_GROUP,
  versions: ["v1alpha1"],
  namespaced: true,
  nameRule: "label1035",
  description: "One service with backends on several platforms, and the split between them.",
  schema,
  complete: ({ spec }, { name, namespace }) => ({
    spec: {
      ...spec,
      backends: spec.backends.map((entry) => ({
        ...entry,
        service: entry.service ?? name,
        namespace: entry.namespace ?? namespace,
      })),
      split: withDefaultSplit(spec),
    },
  }),
  check: (service) => checkHybridService(service.spec),
});

export type HybridService = Resource<"HybridService", z.output<typeof schema>>;
export type HybridBackend = HybridService["spec"]["backends"][number];

function withDefaultSplit({ backends, split }: z.output<typeof schema>["spec"]): { backend: string; weight: number }[] {
  const [only, ...others] = backends;
  return split.length === 0 && only && others.length === 0 ? [{ backend: only.name, weight: 100 }] : split;
}
