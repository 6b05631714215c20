/** The ways in which one object names another (Gateway API, "object references"). */
import * as z from "zod";
import { GATEWAY_API_GROUP } from "./kind-definition.ts";
import { groupField, kindField, namespaceField, objectNameField, sectionNameField } from "./object-name.ts";

export function portField(): z.ZodInt {
  return z.int().min(1).max(65535);
}

/** Relative share of traffic; 0 sends nothing. */
export function weightField(): z.ZodInt {
  return z.int().min(0).max(1_000_000);
}

const targetName = () => objectNameField().describe("Name of the object.");
const targetNamespace = () =>
  namespaceField()
    .optional()
    .describe("Its namespace; absent: that of this object. Another one needs a ReferenceGrant.");

/** parentRefs of a route. */
export const parentReference = z.strictObject({
  group: groupField().default(GATEWAY_API_GROUP).describe("API group of the parent."),
  kind: kindField().default("Gateway").describe("Kind of the parent: Gateway, or Service for traffic inside a mesh."),
  namespace: namespaceField().optional().describe("Namespace of the parent; absent: that of the route."),
  name: targetName(),
  sectionName: sectionNameField().optional().describe("Attach to the listener of this name only."),
  port: portField().optional().describe("Attach to the listeners on this port only."),
});

const backendFields = {
  group: groupField()
    .default("")
    .describe('API group of the backend: "" for Service, landbridge.dev for HybridService.'),
  kind: kindField().default("Service").describe("Kind of the backend: Service or HybridService."),
  name: targetName(),
  namespace: targetNamespace(),
  port: portField().optional().describe("Port of the backend; required for a Service."),
};

/** A backend without a weight: mirrors and external authorization. */
export const backendObjectReference = z.strictObject(backendFields);

/** A backend with its share of the traffic, but without filters. */
export const weightedBackendFields = {
  ...backendFields,
  weight: weightField()
    .default(1)
    .describe("Share of the traffic, relative to the sum of all weights; 0 sends nothing."),
};

export const secretReference = z.strictObject({
  group: groupField().default("").describe('API group; "" for Secret.'),
  kind: kindField().default("Secret").describe("Kind; Secret."),
  name: targetName(),
  namespace: targetNamespace(),
});

/** A reference whose group and kind have no default. */
export const objectReference = z.strictObject({
  group: groupField().describe('API group; "" for core kinds.'),
  kind: kindField().describe("Kind of the object."),
  name: targetName(),
  namespace: targetNamespace(),
});

export const localObjectReference = z.strictObject({
  group: groupField().describe('API group; "" for core kinds.'),
  kind: kindField().describe("Kind of the object."),
  name: objectNameField().describe("Name of an object in the same namespace."),
});

/** An object of this namespace whose kind the field's own description gives. */
export const localNameReference = z.strictObject({
  name: objectNameField().describe("Name of an object in the same namespace."),
});
