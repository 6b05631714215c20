/** What a Role allows (PolicyRule of rbac.authorization.k8s.io/v1), and Kubernetes' rules for it. */
import * as z from "zod";
import type { Immutable } from "./kind-definition.ts";
import type { FieldPath, Finding } from "./mistake.ts";

const names = () => z.array(z.string()).default([]);

const policyRule = z.strictObject({
  verbs: z
    .array(z.string())
    .min(1)
    .describe('What may be done: get, list, watch, create, update, patch, delete, deletecollection; "*" for all.'),
  apiGroups: names().describe('API groups of the resources: "" for core kinds, "*" for all.'),
  resources: names().describe('Resources by their plural names, such as httproutes or gateways/status; "*" for all.'),
  resourceNames: names().describe("Names of the only objects that are meant; empty: all of them."),
  nonResourceURLs: names().describe(
    'Paths that belong to no resource, such as /metrics or /healthz/*; "*" may only be the last element. ClusterRoles only.',
  ),
});

export const policyRules = () => z.array(policyRule).default([]);

export type PolicyRule = Immutable<z.output<typeof policyRule>>;

/** ValidatePolicyRule of Kubernetes. `scope` is where the role's rules hold. */
export function checkPolicyRules(rules: readonly PolicyRule[], scope: "namespace" | "cluster"): Finding[] {
  return rules.flatMap((rule, index) => checkRule(rule, scope, ["rules", index]));
}

function checkRule(rule: PolicyRule, scope: "namespace" | "cluster", path: FieldPath): Finding[] {
  if (rule.nonResourceURLs.length > 0) return checkPathRule(rule, scope, [...path, "nonResourceURLs"]);
  const missing = (["apiGroups", "resources"] as const).filter((field) => rule[field].length === 0);
  return missing.map((field) => ({
    code: "LB1103",
    message: "the field is required: a list with at least one entry",
    hint:
      field === "apiGroups"
        ? 'Add the API groups, such as [gateway.networking.k8s.io], or [""] for core kinds.'
        : "Add the plural names of the resources, such as [httproutes].",
    path: [...path, field],
  }));
}

function checkPathRule(rule: PolicyRule, scope: "namespace" | "cluster", path: FieldPath): Finding[] {
  const findings: Finding[] = [];
  if (scope === "namespace") {
    findings.push({
      code: "LB1370",
      message: "a Role holds in one namespace, and paths belong to none",
      hint: "Move the rule to a ClusterRole that a ClusterRoleBinding refers to.",
      path,
    });
  }
  if (rule.apiGroups.length + rule.resources.length + rule.resourceNames.length > 0) {
    findings.push({
      code: "LB1371",
      message: "one rule can't be about resources and about paths",
      hint: "Make two rules of it.",
      path,
    });
  }
  return findings;
}
