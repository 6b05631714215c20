/** core/v1 ObjectReference: an object of any kind, or a part of it. */
import * as z from "zod";

export const coreObjectReference = z.strictObject({
  apiVersion: z.string().optional().describe("Its API version."),
  kind: z.string().optional().describe("Its kind."),
  namespace: z.string().optional().describe("Its namespace."),
  name: z.string().optional().describe("Its name."),
  uid: z.string().optional().describe("Its uid."),
  resourceVersion: z.string().optional().describe("The version that is meant."),
  fieldPath: z.string().optional().describe("The part that is meant, such as spec.rules[0]."),
});
