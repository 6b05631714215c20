import * as z from "zod";
import { defineKind, RBAC_GROUP } from "./kind-definition.ts";
import { checkSubjects, roleRef, subjects, withApiGroup } from "./role-subjects.ts";

const schema = z.strictObject({
  subjects: subjects(),
  roleRef: roleRef(["ClusterRole"]).describe("The ClusterRole. Can't be changed."),
});

export const clusterRoleBindingKind = defineKind({
  kind: "ClusterRoleBinding",
  plural: "clusterrolebindings",
  singular: "clusterrolebinding",
  shortNames: [],
  group: RBAC_GROUP,
  versions: ["v1"],
  namespaced: false,
  nameRule: "pathSegment",
  description: "Gives a ClusterRole to users, groups and service accounts, in all namespaces.",
  schema,
  complete: (body) => ({ ...body, subjects: body.subjects.map(withApiGroup) }),
  check: (binding) => checkSubjects(binding.subjects, "cluster"),
});
