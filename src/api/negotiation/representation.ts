/** In which form a client wants its answer: the Accept header as k8s.io/apiserver negotiates it. */
import type { Refusal } from "../status/status.ts";
import { acceptedRanges, type MediaRange } from "./media-range.ts";

export type MetaVersion = "v1" | "v1beta1";

export type Representation =
  | { readonly kind: "json"; readonly pretty: boolean }
  /** metav1.Table, for people. */
  | { readonly kind: "table"; readonly version: MetaVersion; readonly pretty: boolean }
  /** Objects without spec and status; `list` says what the client takes the answer for. */
  | {
      readonly kind: "partialObjectMetadata";
      readonly list: boolean;
      readonly version: MetaVersion;
      readonly pretty: boolean;
    }
  /** All groups and resources in one document. */
  | { readonly kind: "aggregatedDiscovery"; readonly version: "v2" | "v2beta1"; readonly pretty: boolean };

/** What can be asked for: objects in other forms, discovery in one document, or nothing but JSON. */
export type Endpoint = "objects" | "discovery" | "plain";

/** The first of the client's wishes, by their q, that can be met. No header means JSON. */
export function representationOf(
  accept: string | undefined,
  endpoint: Endpoint,
): { readonly representation: Representation } | { readonly problem: Refusal } {
  if (accept === undefined || accept.trim() === "") return { representation: { kind: "json", pretty: false } };
  for (const range of acceptedRanges(accept)) {
    const representation = isJson(range.type) ? offered(range, endpoint) : undefined;
    if (representation) return { representation };
  }
  const message = "only the following media types are accepted: application/json";
  return { problem: { reason: "NotAcceptable", message } };
}

/** `pretty` of the query decides; without it, what people look at answers with is indented (browsers, curl, wget). */
export function isPrettyWanted(query: URLSearchParams, userAgent: string | undefined): boolean {
  const asked = query.get("pretty");
  if (asked) return ["1", "t", "T", "TRUE", "true", "True"].includes(asked);
  return /^(?:curl|Wget|Mozilla\/5\.0)/.test(userAgent ?? "");
}

function isJson(type: string): boolean {
  return type === "application/json" || type === "application/*" || type === "*/*";
}

/** What a range asks for, if it can be had here. Parameters that nobody knows are left alone. */
function offered({ parameters }: MediaRange, endpoint: Endpoint): Representation | undefined {
  const stream = parameters.get("stream") ?? "";
  if ((stream !== "" && stream !== "watch") || (parameters.get("sv") ?? "") !== "") return undefined;
  const pretty = parameters.get("pretty") === "1";
  const [as, group, version] = ["as", "g", "v"].map((name) => parameters.get(name));
  if (as === undefined && group === undefined && version === undefined) return { kind: "json", pretty };
  if (endpoint === "objects" && group === "meta.k8s.io" && (version === "v1" || version === "v1beta1")) {
    if (as === "Table") return { kind: "table", version, pretty };
    if (as === "PartialObjectMetadata") return { kind: "partialObjectMetadata", list: false, version, pretty };
    if (as === "PartialObjectMetadataList") return { kind: "partialObjectMetadata", list: true, version, pretty };
  }
  if (endpoint === "discovery" && group === "apidiscovery.k8s.io" && as === "APIGroupDiscoveryList") {
    if (version === "v2" || version === "v2beta1") return { kind: "aggregatedDiscovery", version, pretty };
  }
  return undefined;
}
