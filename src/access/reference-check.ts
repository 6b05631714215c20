import { GATEWAY_API_GROUP, RBAC_GROUP } from "../model/kind-definition.ts";
import type { AnyResource } from "../model/kinds.ts";
import { keyOf } from "../model/metadata.ts";
import type { Problem } from "../model/problem.ts";
import { accessProblem } from "./access-problem.ts";
import { ANYTHING } from "./covering-names.ts";
import type { RbacRole, RbacRule } from "./policy.ts";
import type { AccessProblemCode } from "./problem-codes.ts";
import type { AccessPolicy } from "./rbac/access-policy.ts";
import { newReferences, type Reference } from "./references.ts";
import type { ResourceAttributes, User } from "./user.ts";

/** A reference that its author isn't given, and what an administrator would write to give it. */
export interface DeniedReference {
  readonly reference: Reference;
  /** For the refusal, with the field's path. */
  readonly problem: Problem;
  /** The rule of the narrowest grant, for a Role in the namespace of the object. */
  readonly rule: RbacRule;
}

const CODES: Readonly<Record<Reference["kind"], AccessProblemCode>> = {
  listener: "LB7201",
  host: "LB7202",
  platform: "LB7203",
};

/** What of the references that a write adds isn't given to the user. Empty: it may go on. */
export function checkReferences(
  policy: AccessPolicy,
  user: User,
  before: AnyResource | undefined,
  after: AnyResource,
): readonly DeniedReference[] {
  return newReferences(before, after).flatMap((reference) => {
    if (reference.asks.some((ask) => policy.authorize(user, ask).allowed)) return [];
    return [{ reference, rule: ruleFor(reference.asks[0]), problem: refusal(user, reference, after) }];
  });
}

/** One Role, as an administrator would write it, that gives all that was denied. */
export function roleGiving(
  denied: readonly DeniedReference[],
  name: string,
  namespace: string,
): RbacRole & { readonly apiVersion: string } {
  const rules = new Map(denied.map(({ rule }) => [JSON.stringify(rule), rule]));
  return { apiVersion: `${RBAC_GROUP}/v1`, kind: "Role", metadata: { name, namespace }, rules: [...rules.values()] };
}

function ruleFor({ group, resource, subresource, name, verb }: ResourceAttributes): RbacRule {
  return {
    apiGroups: [group],
    resources: [subresource === "" ? resource : `${resource}/${subresource}`],
    resourceNames: [name],
    verbs: [verb],
  };
}

function refusal(user: User, reference: Reference, object: AnyResource): Problem {
  const [narrowest] = reference.asks;
  const { namespace } = object.metadata;
  const role = `Ask an administrator for a Role in namespace ${namespace} with the rule ${flow(ruleFor(narrowest))}`;
  // The next wider one is what people often mean; those above it only seldom.
  const next = reference.asks[1];
  const wider = next && next.group !== GATEWAY_API_GROUP && next.name !== ANYTHING ? next.name : undefined;
  const message = `${reference.target} isn't given to ${JSON.stringify(user.name)} in namespace ${namespace}`;
  return accessProblem(CODES[reference.kind], message, {
    path: reference.path,
    object: keyOf(object),
    hint: `${role}${wider === undefined ? "" : `; ${JSON.stringify(wider)} would do too`}. ${narrowerWay(reference)}`.trim(),
  });
}

/** What the author can do alone. */
function narrowerWay({ kind, path, asks: [narrowest] }: Reference): string {
  if (kind === "host" && narrowest.name === ANYTHING) return "Or name the hosts in spec.hostnames.";
  if (kind === "listener" && path.endsWith("]") && narrowest.name.split(":").length === 2) {
    return "Or name one listener with sectionName, if that one is given to you.";
  }
  return "";
}

/** YAML in one line, ready to be pasted under `rules:`. */
function flow(rule: RbacRule): string {
  const fields = Object.entries(rule).map(([field, values]) => `${field}: ${JSON.stringify(values)}`);
  return `{ ${fields.join(", ")} }`;
}
