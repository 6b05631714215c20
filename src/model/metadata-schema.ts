import * as z from "zod";

const dropped = (what: string) => z.unknown().optional().describe(`${what} Accepted and dropped.`);

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
  generateName: dropped("Prefix of a name that Kubernetes makes up."),
  managedFields: dropped("Who set which field."),
  finalizers: dropped("What has to happen before the object goes."),
  ownerReferences: dropped("Objects that this one depends on."),
  deletionTimestamp: dropped("When deletion was asked for."),
  deletionGracePeriodSeconds: dropped("How long deletion may take."),
  selfLink: dropped("An address that Kubernetes no longer sets."),
});
