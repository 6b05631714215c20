/** Whether one rule allows one request. */

import type { RbacRule } from "../policy.ts";
import type { Attributes, PathAttributes, ResourceAttributes } from "../user.ts";

export const ALL = "*";

/**
 * As Kubernetes' authorizer has it. Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/, "Referring to
 * resources", and RuleAllows of its RBAC authorizer.
 */
export function ruleAllows(rule: RbacRule, attributes: Attributes): boolean {
  if (!names(rule.verbs, attributes.verb)) return false;
  return attributes.kind === "resource" ? allowsResource(rule, attributes) : allowsPath(rule, attributes);
}

function allowsResource(rule: RbacRule, { group, resource, subresource, name }: ResourceAttributes): boolean {
  return (
    names(rule.apiGroups, group) && matchesResource(rule.resources, resource, subresource) && matchesName(rule, name)
  );
}

/** "pods" is without its subresources, "*" with those of all. "pods/*" is no pattern in Kubernetes, and none here. */
function matchesResource(listed: readonly string[] = [], resource: string, subresource: string): boolean {
  const wanted = subresource === "" ? resource : `${resource}/${subresource}`;
  return names(listed, wanted) || (subresource !== "" && listed.includes(`*/${subresource}`));
}

/** A rule for certain names allows nothing that is for no single object: no list, no create. */
function matchesName({ resourceNames = [] }: RbacRule, name: string): boolean {
  return resourceNames.length === 0 || resourceNames.includes(name);
}

function allowsPath({ nonResourceURLs = [] }: RbacRule, { path }: PathAttributes): boolean {
  return nonResourceURLs.some((pattern) => pathCovers(pattern, path));
}

/** `path` may itself end with stars: a pattern covers another when all that the other matches begins like it. */
export function pathCovers(pattern: string, path: string): boolean {
  return pattern === path || (pattern.endsWith(ALL) && path.startsWith(pattern.replace(/\*+$/, "")));
}

/** Whether a list has the value or the star. */
export function names(list: readonly string[] = [], value: string): boolean {
  return list.includes(ALL) || list.includes(value);
}
