/** Whether rules that somebody holds cover rules that they want to give. */
import type { RbacRule } from "../policy.ts";
import { ALL, names, pathCovers } from "./rule-matching.ts";

/** One verb on one resource of one group, for one name or for all; or one verb on one path. */
export type SingleRight =
  | {
      readonly kind: "resource";
      readonly verb: string;
      readonly group: string;
      readonly resource: string;
      /** undefined: every object. */
      readonly name: string | undefined;
    }
  | { readonly kind: "path"; readonly verb: string; readonly path: string };

/** More single rights than this aren't compared: a small object can stand for billions of them. */
export const MAX_SINGLE_RIGHTS = 50_000;

/**
 * The single rights in `wanted` that no rule of `held` covers. Each is covered by one rule or by none, stars included,
 * so nothing is missed by looking at them one by one. "too-many": there are too many to compare.
 *
 * Source: Covers and BreakdownRule of Kubernetes, component-helpers/auth/rbac/validation.
 */
export function uncovered(
  held: readonly RbacRule[],
  wanted: readonly RbacRule[],
): { readonly missing: readonly SingleRight[] } | "too-many" {
  // Most rules are held as they are, and need not be taken apart.
  const rest = wanted.filter((rule) => !held.some((own) => coversWhole(own, rule)));
  if (rest.reduce((sum, rule) => sum + countRights(rule), 0) > MAX_SINGLE_RIGHTS) return "too-many";
  return { missing: rest.flatMap(split).filter((right) => !held.some((own) => covers(own, right))) };
}

function covers(own: RbacRule, right: SingleRight): boolean {
  if (!names(own.verbs, right.verb)) return false;
  if (right.kind === "path") return (own.nonResourceURLs ?? []).some((pattern) => pathCovers(pattern, right.path));
  return names(own.apiGroups, right.group) && coversResource(own, right.resource) && coversName(own, right.name);
}

function coversResource({ resources = [] }: RbacRule, resource: string): boolean {
  if (names(resources, resource)) return true;
  const slash = resource.indexOf("/");
  return slash >= 0 && resources.includes(`${ALL}${resource.slice(slash)}`);
}

function coversName({ resourceNames = [] }: RbacRule, name: string | undefined): boolean {
  return resourceNames.length === 0 || (name !== undefined && resourceNames.includes(name));
}

/** Enough, not necessary: covers each of its lists. */
function coversWhole(own: RbacRule, rule: RbacRule): boolean {
  if (!rule.verbs.every((verb) => names(own.verbs, verb))) return false;
  const urls = own.nonResourceURLs ?? [];
  const { apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  const wantedNames = resourceNames.length === 0 ? [undefined] : resourceNames;
  return (
    nonResourceURLs.every((path) => urls.some((pattern) => pathCovers(pattern, path))) &&
    (resources.length === 0 ||
      (apiGroups.every((group) => names(own.apiGroups, group)) &&
        resources.every((resource) => coversResource(own, resource)) &&
        wantedNames.every((name) => coversName(own, name))))
  );
}

function countRights({ verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }: RbacRule) {
  const objects = apiGroups.length * resources.length * Math.max(1, resourceNames.length);
  return verbs.length * (objects + nonResourceURLs.length);
}

function split(rule: RbacRule): SingleRight[] {
  const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  const objectNames = resourceNames.length === 0 ? [undefined] : resourceNames;
  const onObjects = apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      objectNames.flatMap((name) =>
        verbs.map((verb): SingleRight => ({ kind: "resource", verb, group, resource, name })),
      ),
    ),
  );
  const onPaths = nonResourceURLs.flatMap((path) => verbs.map((verb): SingleRight => ({ kind: "path", verb, path })));
  return [...onObjects, ...onPaths];
}
