import type { ProblemDescription } from "../problem.ts";

/** Problems with roles: who may do what. */
export const ACCESS_PROBLEMS = {
  LB1370: {
    title: "A path in a Role",
    meaning: "A Role holds in one namespace, and URLs such as /metrics belong to none.",
    wayOut: "Move the rule to a ClusterRole that a ClusterRoleBinding refers to.",
  },
  LB1371: {
    title: "Resources and paths in one rule",
    meaning: "A rule is either about resources or about URLs that belong to no resource.",
    wayOut: "Make two rules of it.",
  },
} as const satisfies Record<string, ProblemDescription>;
