import * as z from "zod";
import { defineKind, RBAC_GROUP } from "./kind-definition.ts";
import { checkPolicyRules, policyRules } from "./policy-rule.ts";

const schema = z.strictObject({
  rules: policyRules().describe("What the role allows in its namespace; nothing is ever forbidden."),
});

export const roleKind = defineKind({
  kind: "Role",
  plural: "roles",
  singular: "role",
  shortNames: [],
  group: RBAC_GROUP,
  versions: ["v1"],
  namespaced: true,
  nameRule: "pathSegment",
  description: "What may be done in one namespace; RoleBindings say by whom.",
  schema,
  check: ({ rules }) => checkPolicyRules(rules, "namespace"),
});
