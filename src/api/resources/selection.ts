/** Which objects a request is about: its namespace, its name and its selectors. */
import { decodeObject } from "../../registry/json.ts";
import type { ServedObject } from "../../registry/served-object.ts";
import type { ResourceRequest } from "../request/request-info.ts";
import { parseFieldSelector } from "../selectors/field-selector.ts";
import { parseLabelSelector } from "../selectors/label-selector.ts";
import { refused } from "../status/status.ts";
import type { Failure } from "./api-request.ts";

export interface Selection {
  readonly matches: (object: ServedObject) => boolean;
  /** Whether selectors leave objects out, beyond the namespace. */
  readonly isSelective: boolean;
}

export function selectionOf(
  { namespace }: Pick<ResourceRequest, "namespace">,
  kind: string,
  query: URLSearchParams,
): Selection | Failure {
  const labels = query.get("labelSelector") ?? "";
  const fields = query.get("fieldSelector") ?? "";
  const byLabels = parseLabelSelector(labels);
  if ("problem" in byLabels) return { failure: refused(byLabels.problem) };
  const byFields = parseFieldSelector(fields, kind);
  if ("problem" in byFields) return { failure: refused(byFields.problem) };
  const isHere = (object: ServedObject) => namespace === "" || object.namespace === namespace;
  const isSelective = labels !== "" || fields !== "";
  if (!isSelective) return { matches: isHere, isSelective };
  const matches = (object: ServedObject) =>
    isHere(object) &&
    byLabels.selector.matches(object.labels) &&
    byFields.selector.matches({
      name: object.name,
      namespace: object.namespace,
      body: () => decodeObject(object.json),
    });
  return { matches, isSelective };
}
