/** The listeners of a Gateway. */
import * as z from "zod";
import { checkedString } from "./checked-string.ts";
import { hostnameField } from "./hostname.ts";
import { GATEWAY_API_GROUP } from "./kind-definition.ts";
import { labelSelector } from "./label-selector.ts";
import { groupField, kindField, sectionNameField } from "./object-name.ts";
import { portField, secretReference } from "./references.ts";

const PROTOCOL_PATTERN =
  "^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$|^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\\/[A-Za-z0-9]+$";
const PROTOCOL = new RegExp(PROTOCOL_PATTERN);

const protocol = checkedString(
  (value) =>
    PROTOCOL.test(value) && value.length <= 255
      ? undefined
      : {
          code: "LB1218",
          message: `${JSON.stringify(value.slice(0, 60))} isn't the name of a protocol`,
          hint: "Write HTTP or HTTPS.",
        },
  { pattern: PROTOCOL_PATTERN, minLength: 1, maxLength: 255 },
);

const listenerTls = z.strictObject({
  mode: z
    .enum(["Terminate", "Passthrough"])
    .default("Terminate")
    .describe("Terminate: the gateway decrypts. Passthrough: the backend does."),
  certificateRefs: z
    .array(secretReference)
    .max(64)
    .default([])
    .describe("Secrets with the certificates, for Terminate."),
  options: z.record(z.string(), z.string().max(4096)).default({}).describe("Settings of the implementation."),
});

const allowedRoutes = z.strictObject({
  namespaces: z
    .strictObject({
      from: z.enum(["All", "Selector", "Same"]).default("Same").describe("Whose routes may attach."),
      selector: labelSelector.optional().describe("Labels of the namespaces, for Selector."),
    })
    .default({ from: "Same" })
    .describe("Namespaces whose routes may attach."),
  kinds: z
    .array(
      z.strictObject({
        group: groupField().default(GATEWAY_API_GROUP).describe("API group of the routes."),
        kind: kindField().describe("Kind of the routes, such as HTTPRoute."),
      }),
    )
    .max(8)
    .default([])
    .describe("Kinds of routes that may attach; empty: those that fit the protocol."),
});

export const listener = z.strictObject({
  name: sectionNameField().describe("Name of the listener, unique in its Gateway."),
  hostname: hostnameField().optional().describe('Hosts that it accepts: exact, or "*.example.com"; absent: all.'),
  port: portField().describe("Port to listen on."),
  protocol: protocol.describe("HTTP or HTTPS; TLS, TCP and UDP are read, but not served yet."),
  tls: listenerTls.optional().describe("TLS settings, for HTTPS and TLS."),
  allowedRoutes: allowedRoutes
    .default({ namespaces: { from: "Same" }, kinds: [] })
    .describe("Which routes may attach to this listener."),
});
