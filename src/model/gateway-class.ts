import * as z from "zod";
import { checkedString } from "./checked-string.ts";
import { defineKind, GATEWAY_API_GROUP, type Resource } from "./kind-definition.ts";
import { objectReference } from "./references.ts";

const CONTROLLER_PATTERN =
  "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\\/[A-Za-z0-9\\/\\-._~%!$&'()*+,;=:]+$";
const CONTROLLER = new RegExp(CONTROLLER_PATTERN);

const schema = z.strictObject({
  spec: z
    .strictObject({
      controllerName: checkedString(
        (value) =>
          CONTROLLER.test(value) && value.length <= 253
            ? undefined
            : {
                code: "LB1216",
                message: `${JSON.stringify(value.slice(0, 80))} isn't the name of a controller`,
                hint: "Write a domain and a path; ours is landbridge.dev/gateway-controller.",
              },
        { pattern: CONTROLLER_PATTERN, minLength: 1, maxLength: 253 },
      ).describe("Which controller serves Gateways of this class; ours is landbridge.dev/gateway-controller."),
      parametersRef: objectReference.optional().describe("Settings of the controller for this class."),
      description: z.string().max(64).optional().describe("What the class is for, in a few words."),
    })
    .describe("What the class is."),
});

export const gatewayClassKind = defineKind({
  kind: "GatewayClass",
  plural: "gatewayclasses",
  singular: "gatewayclass",
  shortNames: ["gc"],
  categories: ["gateway-api"],
  group: GATEWAY_API_GROUP,
  versions: ["v1", "v1beta1"],
  namespaced: false,
  nameRule: "subdomain",
  description: "Says which controller serves the Gateways that name this class.",
  schema,
});

export type GatewayClass = Resource<"GatewayClass", z.output<typeof schema>>;
