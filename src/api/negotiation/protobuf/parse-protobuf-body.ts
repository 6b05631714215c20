/**
 * Bodies in Kubernetes' protobuf, which kubectl and typed clients of Go send for Kubernetes' own kinds: four bytes, then
 * runtime.Unknown, which says the kind and holds its message (Kubernetes, "API Concepts", "Kubernetes Protobuf
 * encoding"; k8s.io/apimachinery v0.36, pkg/runtime/generated.proto).
 */
import type { Refusal, StatusReason } from "../../status/status.ts";
import { decodeMessage } from "./decode-message.ts";
import { messageOfKind } from "./message-kinds.ts";
import { field, message } from "./message-type.ts";

export type ProtobufBody =
  | {
      /** The object, as it would be in JSON. */
      readonly value: unknown;
      /** Maps have no key twice. */
      readonly duplicates: readonly [];
      /** Numbers of fields, on whatever level, that nobody here knows. They were left out. */
      readonly unknown: readonly number[];
    }
  | { readonly problem: Refusal };

const MAGIC = Buffer.from("k8s\0");
const NOTHING = new Uint8Array();
const MEDIA_TYPE = "application/vnd.kubernetes.protobuf";

const UNKNOWN = message({
  1: field("typeMeta", message({ 1: field("apiVersion", "string"), 2: field("kind", "string") })),
  2: field("raw", "raw"),
  3: field("contentEncoding", "string"),
  4: field("contentType", "string"),
});

interface Envelope {
  readonly typeMeta?: { readonly apiVersion?: string; readonly kind?: string };
  readonly raw?: Uint8Array;
  readonly contentEncoding?: string;
  readonly contentType?: string;
}

export function parseProtobufBody(bytes: Uint8Array): ProtobufBody {
  if (!MAGIC.equals(bytes.subarray(0, MAGIC.length))) return refused("isn't Kubernetes' protobuf: it begins otherwise");
  const outer = decodeMessage(bytes.subarray(MAGIC.length), UNKNOWN);
  if ("mistake" in outer) return refused(outer.mistake);
  const { typeMeta, raw = NOTHING, contentEncoding, contentType = MEDIA_TYPE } = outer.value as Envelope;
  const { apiVersion, kind } = typeMeta ?? {};
  if (apiVersion === undefined || kind === undefined) return refused("doesn't say its apiVersion and kind");
  if (contentEncoding !== undefined || contentType !== MEDIA_TYPE)
    return refused("has an object in it that isn't plain protobuf: send application/json", "UnsupportedMediaType");
  const type = messageOfKind(apiVersion, kind);
  if (!type) {
    const name = JSON.stringify(`${apiVersion} ${kind}`.slice(0, 100));
    return refused(`is ${name}, which isn't read as protobuf: send application/json`, "UnsupportedMediaType");
  }
  const inner = decodeMessage(raw, type);
  if ("mistake" in inner) return refused(inner.mistake);
  const unknown = [...new Set([...outer.unknown, ...inner.unknown])];
  return { value: { apiVersion, kind, ...(inner.value as object) }, duplicates: [], unknown };
}

function refused(message: string, reason: StatusReason = "BadRequest"): { readonly problem: Refusal } {
  return { problem: { reason, message: `the body of the request ${message}` } };
}
