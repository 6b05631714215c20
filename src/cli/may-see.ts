/** Asking what one may, before asking for it: a refusal would stand in the audit journal as an attempt. */
import type { ApiClient } from "../client/api-client.ts";

/** A page about the running control plane, or all objects of a kind in all namespaces. */
export type Sight =
  | { readonly path: string }
  | { readonly group: string; readonly resource: string; readonly verb: "list" };

export async function mayGet(api: ApiClient, sight: Sight): Promise<boolean> {
  const spec =
    "path" in sight
      ? { nonResourceAttributes: { path: sight.path, verb: "get" } }
      : { resourceAttributes: { ...sight, version: "*" } };
  const review = await api.review<{ readonly allowed?: boolean }>(
    "authorization.k8s.io",
    "selfsubjectaccessreviews",
    "SelfSubjectAccessReview",
    spec,
  );
  return "value" in review && review.value.allowed === true;
}
