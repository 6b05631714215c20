/** Bodies of requests as values. What a body says is never repeated in a message: it may be a secret. */
import { isUtf8 } from "node:buffer";
import type { Refusal } from "../status/status.ts";
import type { BodyFormat } from "./body-type.ts";
import { parseJsonBody } from "./parse-json-body.ts";
import { parseYamlBody } from "./parse-yaml-body.ts";
import { parseProtobufBody } from "./protobuf/parse-protobuf-body.ts";

export type BodyResult =
  | {
      readonly value: unknown;
      /** Paths of fields that are there twice; the last one counts. */
      readonly duplicates: readonly string[];
      /** In protobuf the numbers of fields that nobody here knows, and that `value` lacks. */
      readonly unknown?: readonly number[];
    }
  | { readonly problem: Refusal };

export function parseBody(bytes: Uint8Array, format: BodyFormat): BodyResult {
  if (format === "protobuf") return parseProtobufBody(bytes);
  if (!isUtf8(bytes)) return badBody("isn't UTF-8");
  const text = new TextDecoder().decode(bytes);
  if (text.trim() === "") return badBody("is empty");
  return format === "json" ? parseJsonBody(text) : parseYamlBody(text);
}

function badBody(message: string): { readonly problem: Refusal } {
  return { problem: { reason: "BadRequest", message: `the body of the request ${message}` } };
}
