/** Who a role is given to, and which role (Subject and RoleRef of rbac.authorization.k8s.io/v1). */
import * as z from "zod";
import { type Immutable, RBAC_GROUP } from "./kind-definition.ts";
import type { FieldPath, Finding } from "./mistake.ts";
import { checkObjectName, roleNameField } from "./object-name.ts";

const subject = z.strictObject({
  kind: z.enum(["User", "Group", "ServiceAccount"]).describe("What the subject is."),
  apiGroup: z
    .string()
    .optional()
    .describe(`${RBAC_GROUP} for users and groups, "" for service accounts; absent: the one that fits the kind.`),
  name: z.string().min(1).describe("Name of the user, group or service account."),
  namespace: z.string().optional().describe("Namespace of the service account; users and groups have none."),
});

export const subjects = () => z.array(subject).default([]).describe("Who gets the role.");

/** The role that a binding gives away. It can't be changed afterwards. */
export function roleRef<const Kinds extends readonly ["ClusterRole"] | readonly ["Role", "ClusterRole"]>(kinds: Kinds) {
  return z.strictObject({
    apiGroup: z.literal(RBAC_GROUP).default(RBAC_GROUP).describe(`API group of the role: ${RBAC_GROUP}.`),
    kind: z.enum<Kinds>(kinds).describe("Kind of the role."),
    name: roleNameField().describe("Name of the role."),
  });
}

type SubjectFields = z.output<typeof subject>;
export type Subject = Immutable<SubjectFields>;

const API_GROUPS = { User: RBAC_GROUP, Group: RBAC_GROUP, ServiceAccount: "" } as const;

/** SetDefaults_Subject of Kubernetes. */
export function withApiGroup(entry: SubjectFields): SubjectFields {
  return { ...entry, apiGroup: entry.apiGroup || API_GROUPS[entry.kind] };
}

/** ValidateRoleBindingSubject of Kubernetes. `scope` is where the binding holds. */
export function checkSubjects(list: readonly Subject[], scope: "namespace" | "cluster"): Finding[] {
  return list.flatMap((entry, index) => {
    const path = ["subjects", index];
    return [
      ...checkApiGroup(entry, path),
      ...(entry.kind === "ServiceAccount" ? checkAccount(entry, scope, path) : []),
    ];
  });
}

function checkApiGroup({ kind, apiGroup }: Subject, path: FieldPath): Finding[] {
  const wanted = API_GROUPS[kind];
  if (apiGroup === wanted) return [];
  return [
    {
      code: "LB1104",
      message: `${JSON.stringify(apiGroup)} isn't the API group of a ${kind}, which is ${JSON.stringify(wanted)}`,
      hint: "Leave apiGroup out.",
      path: [...path, "apiGroup"],
    },
  ];
}

function checkAccount({ name, namespace }: Subject, scope: "namespace" | "cluster", path: FieldPath): Finding[] {
  const mistake = checkObjectName(name, "subdomain");
  const findings: Finding[] = mistake ? [{ ...mistake, path: [...path, "name"] }] : [];
  if (scope === "cluster" && !namespace) {
    findings.push({
      code: "LB1103",
      message: "the field is required: the namespace of the service account",
      hint: "Add it: a ClusterRoleBinding has no namespace of its own.",
      path: [...path, "namespace"],
    });
  }
  return findings;
}
