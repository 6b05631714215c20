import * as z from "zod";
import { timestampField } from "./timestamp.ts";

const ownerReference = z.strictObject({
  apiVersion: z.string().min(1).describe("API version of the owner."),
  kind: z.string().min(1).describe("Kind of the owner."),
  name: z.string().min(1).describe("Name of the owner."),
  uid: z.string().min(1).describe("Identity of the owner: another object of the same name is no owner."),
  controller: z.boolean().optional().describe("Whether the owner manages this object; at most one does."),
  blockOwnerDeletion: z
    .boolean()
    .optional()
    .describe("Whether the owner, when it is deleted in the foreground, waits until this object is gone."),
});

/** ObjectMeta of Kubernetes. Names, namespaces and labels are checked in metadata-reader.ts, by the kind's rules. */
export const metadataSchema = z.strictObject({
  name: z.string().describe("Name of the object, unique in its kind and namespace."),
  namespace: z.string().optional().describe('Namespace of the object; absent: "default".'),
  labels: z.record(z.string(), z.string()).default({}).describe("Labels, by which objects are chosen."),
  annotations: z.record(z.string(), z.string()).default({}).describe("Notes for people and tools."),
  creationTimestamp: z
    .string()
    .optional()
    .describe("When the object was made (RFC 3339); older routes win among equals."),
  generation: z.int().min(0).optional().describe("Rises with each change of the spec."),
  uid: z.string().optional().describe("Identity of the object over its lifetime."),
  resourceVersion: z.string().optional().describe("Version of the stored object."),
  generateName: z
    .string()
    .optional()
    .describe("Start of the name, where the API is to make up the rest; used when there is no name."),
  finalizers: z
    .array(z.string())
    .optional()
    .describe("What has to happen before the object goes: it stays until all of them are taken out."),
  ownerReferences: z
    .array(ownerReference)
    .optional()
    .describe("Objects that this one depends on: it is deleted when none of them is left."),
  deletionTimestamp: timestampField().optional().describe("When deletion was asked for. Set by the API."),
  deletionGracePeriodSeconds: z.int().min(0).optional().describe("How long deletion may take. Set by the API."),
  managedFields: z
    .array(z.record(z.string(), z.unknown()))
    .optional()
    .describe("Who set which field. Accepted and dropped."),
  selfLink: z.string().optional().describe("An address that Kubernetes no longer sets. Accepted and dropped."),
});
