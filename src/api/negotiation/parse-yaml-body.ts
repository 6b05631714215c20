/** YAML bodies: one document, read by the rules that files are read by. */
import { SourceLines } from "../../model/source-lines.ts";
import { readDocument, splitDocuments } from "../../model/yaml-documents.ts";
import { offsetOf } from "../../model/yaml-locate.ts";
import { readPlainDocument } from "../../model/yaml-plain.ts";
import { yamlValue } from "../../model/yaml-value.ts";
import type { Refusal, StatusReason } from "../status/status.ts";

/** Much YAML takes long to read, and everybody else waits meanwhile. Characters. */
const MAX_LENGTH = 256 * 1024;

/** A key that is there twice is a mistake in YAML, so there are never any duplicates. */
export function parseYamlBody(
  text: string,
): { readonly value: unknown; readonly duplicates: readonly string[] } | { readonly problem: Refusal } {
  if (text.length > MAX_LENGTH) {
    return refused(`has more than ${MAX_LENGTH / 1024} KiB of YAML: send it as JSON`, "RequestEntityTooLarge");
  }
  const lines = new SourceLines(text, "");
  const values: unknown[] = [];
  for (const part of splitDocuments(text)) {
    const read = readPart(part.text);
    if ("mistake" in read) {
      const { line, column } = lines.positionAt(part.offset + read.offset);
      return refused(`isn't right at line ${line}, column ${column}: ${read.mistake}`);
    }
    if (read.value !== undefined) values.push(read.value);
    if (values.length > 1) return refused("has several YAML documents, and one is wanted");
  }
  return values.length === 0 ? refused("has no YAML document") : { value: values[0], duplicates: [] };
}

/** undefined for a part without content. */
function readPart(text: string): { readonly value: unknown } | { readonly mistake: string; readonly offset: number } {
  const plain = readPlainDocument(text);
  if (plain) return { value: plain.value };
  const document = readDocument(text);
  if (document.kind === "empty") return { value: undefined };
  if (document.kind === "broken") {
    const [mistake] = document.mistakes;
    return { mistake: mistake?.message ?? "it isn't YAML", offset: mistake?.offset ?? 0 };
  }
  const { value, mistakes } = yamlValue(document.root);
  const [mistake] = mistakes;
  return mistake ? { mistake: mistake.message, offset: offsetOf(mistake.node, []) } : { value };
}

function refused(message: string, reason: StatusReason = "BadRequest"): { readonly problem: Refusal } {
  return { problem: { reason, message: `the body of the request ${message}` } };
}
