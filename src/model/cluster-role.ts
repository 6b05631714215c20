import * as z from "zod";
import { defineKind, RBAC_GROUP } from "./kind-definition.ts";
import { labelSelector } from "./label-selector.ts";
import { checkLabelSelector } from "./label-selector-rules.ts";
import { checkPolicyRules, policyRules } from "./policy-rule.ts";

const schema = z.strictObject({
  rules: policyRules().describe("What the role allows. Filled in from other roles when aggregationRule is set."),
  aggregationRule: z
    .strictObject({
      clusterRoleSelectors: z
        .array(labelSelector)
        .min(1)
        .describe("Labels of the roles; those that fit any of these selectors are taken."),
    })
    .optional()
    .describe("Makes the rules from those of other ClusterRoles; rules written here are replaced."),
});

export const clusterRoleKind = defineKind({
  kind: "ClusterRole",
  plural: "clusterroles",
  singular: "clusterrole",
  shortNames: [],
  group: RBAC_GROUP,
  versions: ["v1"],
  namespaced: false,
  nameRule: "pathSegment",
  description: "What may be done in all namespaces, or in those of the RoleBindings that refer to it.",
  schema,
  check: ({ rules, aggregationRule }) => [
    ...checkPolicyRules(rules, "cluster"),
    ...(aggregationRule?.clusterRoleSelectors ?? []).flatMap((selector, index) =>
      checkLabelSelector(selector, ["aggregationRule", "clusterRoleSelectors", index]),
    ),
  ],
});
