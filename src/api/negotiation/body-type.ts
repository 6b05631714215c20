/** What a request's body is, by its Content-Type. */
import type { Refusal } from "../status/status.ts";
import { mediaRange } from "./media-range.ts";

export interface BodyType {
  readonly type: "object" | "json-patch" | "merge-patch" | "strategic-merge-patch";
  readonly format: BodyFormat;
}

export type BodyFormat = "json" | "yaml" | "protobuf";

const TYPES: ReadonlyMap<string, BodyType> = new Map<string, BodyType>([
  ["application/json", { type: "object", format: "json" }],
  ["application/yaml", { type: "object", format: "yaml" }],
  ["application/vnd.kubernetes.protobuf", { type: "object", format: "protobuf" }],
  ["application/json-patch+json", { type: "json-patch", format: "json" }],
  ["application/merge-patch+json", { type: "merge-patch", format: "json" }],
  ["application/strategic-merge-patch+json", { type: "strategic-merge-patch", format: "json" }],
]);

/** What clients of Kubernetes may send and isn't read here, and what to do. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  [
    "application/apply-patch+yaml",
    "server-side apply isn't supported: use kubectl apply without --server-side, which sends a merge patch",
  ],
  ["application/apply-patch+cbor", "server-side apply and CBOR aren't supported: send application/merge-patch+json"],
  ["application/cbor", "CBOR isn't supported: send application/json"],
]);

/** Without a header it is JSON. */
export function bodyTypeOf(
  contentType: string | undefined,
): { readonly body: BodyType } | { readonly problem: Refusal } {
  const { type, parameters } = mediaRange(contentType?.trim() || "application/json");
  const body = TYPES.get(type);
  if (!body) return refused(REFUSED.get(type) ?? `the body has a media type that isn't read: ${knownTypes()}`);
  const charset = parameters.get("charset")?.toLowerCase() ?? "utf-8";
  if (charset !== "utf-8" && charset !== "us-ascii") return refused("bodies are read in UTF-8 only");
  return { body };
}

function knownTypes(): string {
  return `only the following are accepted: ${[...TYPES.keys()].join(", ")}`;
}

function refused(message: string): { readonly problem: Refusal } {
  return { problem: { reason: "UnsupportedMediaType", message } };
}
