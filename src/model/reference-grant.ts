import * as z from "zod";
import { defineKind, GATEWAY_API_GROUP } from "./kind-definition.ts";
import { groupField, kindField, namespaceField, objectNameField } from "./object-name.ts";

const schema = z.strictObject({
  spec: z
    .strictObject({
      from: z
        .array(
          z.strictObject({
            group: groupField().describe("API group of the objects that refer."),
            kind: kindField().describe("Their kind."),
            namespace: namespaceField().describe("Their namespace."),
          }),
        )
        .min(1)
        .max(16)
        .describe("Who may refer to objects of this namespace."),
      to: z
        .array(
          z.strictObject({
            group: groupField().describe('API group of the objects referred to; "" for core kinds.'),
            kind: kindField().describe("Their kind."),
            name: objectNameField().optional().describe("Name of the only one; absent: all of the kind."),
          }),
        )
        .min(1)
        .max(16)
        .describe("What they may refer to."),
    })
    .describe("What is allowed."),
});

export const referenceGrantKind = defineKind({
  kind: "ReferenceGrant",
  plural: "referencegrants",
  singular: "referencegrant",
  shortNames: ["refgrant"],
  categories: ["gateway-api"],
  group: GATEWAY_API_GROUP,
  versions: ["v1", "v1beta1"],
  namespaced: true,
  nameRule: "subdomain",
  description: "Lets objects of other namespaces refer to objects of this one.",
  schema,
});
