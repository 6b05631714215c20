import * as z from "zod";
import { defineKind } from "./kind-definition.ts";

const schema = z.strictObject({
  spec: z
    .strictObject({ finalizers: z.array(z.string()).optional().describe("Kept by Kubernetes; not used.") })
    .optional()
    .describe("What Kubernetes keeps of the namespace. Not used."),
});

export const namespaceKind = defineKind({
  kind: "Namespace",
  plural: "namespaces",
  singular: "namespace",
  shortNames: ["ns"],
  group: "",
  versions: ["v1"],
  namespaced: false,
  nameRule: "label",
  description: "Separates teams; its labels choose which routes may attach to a listener.",
  schema,
});
