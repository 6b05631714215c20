import type { ApiClient } from "../client/api-client.ts";
import type { ApiAnswer } from "../client/api-types.ts";

export interface Self {
  readonly username: string;
  readonly groups: readonly string[];
}

/** Who the API takes us for. */
export async function selfOf(api: ApiClient): Promise<ApiAnswer<Self>> {
  const answer = await api.review<{ readonly userInfo?: Partial<Self> }>(
    "authentication.k8s.io",
    "selfsubjectreviews",
    "SelfSubjectReview",
    {},
  );
  if ("problem" in answer) return answer;
  const { username = "", groups = [] } = answer.value.userInfo ?? {};
  return { value: { username, groups } };
}

/** "ann (groups team-a, system:authenticated)" */
export function selfText({ username, groups }: Self): string {
  return `${username}${groups.length > 0 ? ` (groups ${groups.join(", ")})` : ""}`;
}
