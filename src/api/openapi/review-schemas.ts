/** Questions about oneself: what one may do, and who one is (authorization.k8s.io, authentication.k8s.io). */
import type { JsonSchema } from "../../model/json-schema.ts";
import { array, flag, object, text, typed } from "../../model/json-schema-parts.ts";
import type { ReviewDefinition } from "../reviews/definitions.ts";
import { metaRef } from "./schema-names.ts";

const selector = (what: string, requirement: string) =>
  object(`The ${what} that the request is limited to.`, {
    rawSelector: text("As in the query of a URL."),
    requirements: array(
      "Taken apart.",
      object(
        `One condition.`,
        {
          key: text(requirement),
          operator: text("In, NotIn, Exists or DoesNotExist."),
          values: array("Values for In and NotIn.", { type: "string" }),
        },
        ["key", "operator"],
      ),
    ),
  });

const accessSpec = object("What is asked about: a resource or a path.", {
  resourceAttributes: object("A request for a resource.", {
    namespace: text("Its namespace; empty: all."),
    verb: text('What is to be done: get, list, create, …; "*" for all.'),
    group: text('Its API group; "*" for all.'),
    version: text('Its version; "*" for all.'),
    resource: text('Its plural name; "*" for all.'),
    subresource: text("Its subresource; empty: none."),
    name: text("Name of the object; empty: all."),
    fieldSelector: selector("fields", "Path of a field."),
    labelSelector: selector("labels", "Name of a label."),
  }),
  nonResourceAttributes: object("A request for a path that belongs to no resource.", {
    path: text("The path."),
    verb: text("The method, in lower case."),
  }),
});

const names = (description: string) => array(description, { type: "string" });

const rulesStatus = object(
  "What one may do.",
  {
    resourceRules: array(
      "With resources.",
      object(
        "One rule.",
        {
          verbs: names("What may be done."),
          apiGroups: names("API groups of the resources."),
          resources: names("The resources."),
          resourceNames: names("Names of the only objects that are meant."),
        },
        ["verbs"],
      ),
    ),
    nonResourceRules: array(
      "With paths.",
      object("One rule.", { verbs: names("What may be done."), nonResourceURLs: names("The paths.") }, ["verbs"]),
    ),
    incomplete: flag("Whether there may be more."),
    evaluationError: text("What went wrong while the rules were put together."),
  },
  ["resourceRules", "nonResourceRules", "incomplete"],
);

interface ReviewShape {
  readonly description: string;
  readonly spec?: JsonSchema;
  readonly status: JsonSchema;
}

const SHAPES: Readonly<Record<string, ReviewShape>> = {
  SelfSubjectAccessReview: {
    description: "Asks whether one may do something.",
    spec: accessSpec,
    status: object(
      "The answer.",
      {
        allowed: flag("Whether it is allowed."),
        denied: flag("Whether it is forbidden, whatever else would allow it."),
        reason: text("Why."),
        evaluationError: text("What went wrong while it was decided."),
      },
      ["allowed"],
    ),
  },
  SelfSubjectRulesReview: {
    description: "Asks for all that one may do in a namespace.",
    spec: object("What is asked about.", { namespace: { ...text("The namespace."), minLength: 1 } }, ["namespace"]),
    status: rulesStatus,
  },
  SelfSubjectReview: {
    description: "Asks who one is.",
    status: object("The answer.", {
      userInfo: object("Who one is.", {
        username: text("Name of the user."),
        uid: text("Identity of the user."),
        groups: names("Groups that the user is in."),
        extra: {
          type: "object",
          description: "Whatever else is known.",
          additionalProperties: { type: "array", items: { type: "string" } },
        },
      }),
    }),
  },
};

export function reviewSchema({ group, kind }: ReviewDefinition, version: string): JsonSchema {
  const shape = SHAPES[kind];
  if (!shape) throw new Error(`there is no schema of ${kind}`);
  const { description, spec, status } = shape;
  const apiVersion = `${group}/${version}`;
  return typed(
    { group, version, kind },
    object(
      description,
      {
        apiVersion: { type: "string", enum: [apiVersion], description: "Group and version." },
        kind: { type: "string", enum: [kind], description: "What is asked." },
        metadata: { allOf: [metaRef("ObjectMeta")], description: "Not used." },
        ...(spec && { spec }),
        status,
      },
      ["apiVersion", "kind", ...(spec ? ["spec"] : [])],
    ),
  );
}
