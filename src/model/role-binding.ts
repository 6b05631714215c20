import * as z from "zod";
import { defineKind, RBAC_GROUP } from "./kind-definition.ts";
import { checkSubjects, roleRef, subjects, withApiGroup } from "./role-subjects.ts";

const schema = z.strictObject({
  subjects: subjects(),
  roleRef: roleRef(["Role", "ClusterRole"]).describe(
    "The role: a Role of this namespace, or a ClusterRole, which then holds in this namespace only. Can't be changed.",
  ),
});

export const roleBindingKind = defineKind({
  kind: "RoleBinding",
  plural: "rolebindings",
  singular: "rolebinding",
  shortNames: [],
  group: RBAC_GROUP,
  versions: ["v1"],
  namespaced: true,
  nameRule: "pathSegment",
  description: "Gives a role to users, groups and service accounts, in one namespace.",
  schema,
  complete: (body) => ({ ...body, subjects: body.subjects.map(withApiGroup) }),
  check: (binding) => checkSubjects(binding.subjects, "namespace"),
});
