/** Answers questions about the one who asks: what they may do, and who they are. */
import type { AccessPolicy } from "../../access/rbac/access-policy.ts";
import type { Attributes, User } from "../../access/user.ts";
import { isFields } from "../../model/object-reader.ts";
import type { Result } from "../resources/object-writer.ts";
import { badRequest } from "../status/failures.ts";
import type { ReviewDefinition } from "./definitions.ts";

/** @param body the review as it was posted */
export function answerReview(
  definition: ReviewDefinition,
  body: unknown,
  user: User,
  policy: AccessPolicy,
): Result<unknown> {
  if (!isFields(body) || body.kind !== definition.kind)
    return { failure: badRequest(`the body isn't a ${definition.kind}`) };
  const spec = isFields(body.spec) ? body.spec : {};
  const review = {
    kind: definition.kind,
    apiVersion: `${definition.group}/v1`,
    metadata: isFields(body.metadata) ? body.metadata : {},
  };
  switch (definition.kind) {
    case "SelfSubjectAccessReview": {
      const attributes = attributesOf(spec);
      if (!attributes)
        return {
          failure: badRequest("exactly one of spec.resourceAttributes and spec.nonResourceAttributes is wanted"),
        };
      const { allowed, reason } = policy.authorize(user, attributes);
      return { value: { ...review, spec, status: { allowed, reason } } };
    }
    case "SelfSubjectRulesReview": {
      const namespace = text(spec.namespace);
      if (namespace === "") return { failure: badRequest("spec.namespace is required") };
      return {
        value: { ...review, spec: { namespace }, status: { ...policy.rulesFor(user, namespace), incomplete: false } },
      };
    }
    default:
      return { value: { ...review, status: { userInfo: { username: user.name, groups: user.groups } } } };
  }
}

function attributesOf(spec: Readonly<Record<string, unknown>>): Attributes | undefined {
  const { resourceAttributes, nonResourceAttributes } = spec;
  if (isFields(resourceAttributes) === isFields(nonResourceAttributes)) return undefined;
  if (isFields(nonResourceAttributes))
    return { kind: "path", verb: text(nonResourceAttributes.verb), path: text(nonResourceAttributes.path) };
  const { verb, group, resource, subresource, namespace, name } = resourceAttributes as Record<string, unknown>;
  return {
    kind: "resource",
    verb: text(verb),
    group: text(group),
    resource: text(resource),
    subresource: text(subresource),
    namespace: text(namespace),
    name: text(name),
  };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
