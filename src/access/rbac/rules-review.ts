import type { RbacRule } from "../policy.ts";

/** The lists of SubjectRulesReviewStatus (authorization.k8s.io/v1). */
export interface RulesReview {
  readonly resourceRules: readonly ResourceRule[];
  readonly nonResourceRules: readonly NonResourceRule[];
}

export interface ResourceRule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
}

export interface NonResourceRule {
  readonly verbs: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

/**
 * @param inNamespace all rules that apply in the namespace asked for
 * @param everywhere of these the ones that apply everywhere, which alone can be about paths: a RoleBinding gives none
 */
export function reviewRules(inNamespace: readonly RbacRule[], everywhere: readonly RbacRule[]): RulesReview {
  return {
    resourceRules: distinct(inNamespace.flatMap(resourceRule)),
    nonResourceRules: distinct(everywhere.flatMap(nonResourceRule)),
  };
}

function resourceRule({ verbs, apiGroups = [], resources = [], resourceNames = [] }: RbacRule): ResourceRule[] {
  if (resources.length === 0) return [];
  return [{ verbs, apiGroups, resources, ...(resourceNames.length > 0 ? { resourceNames } : {}) }];
}

function nonResourceRule({ verbs, nonResourceURLs = [] }: RbacRule): NonResourceRule[] {
  return nonResourceURLs.length === 0 ? [] : [{ verbs, nonResourceURLs }];
}

function distinct<Rule>(rules: readonly Rule[]): Rule[] {
  return [...new Map(rules.map((rule) => [JSON.stringify(rule), rule])).values()];
}
