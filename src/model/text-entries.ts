/** Text to the objects in it, as plain values: documents, and the items of lists. What they mean comes later. */
import type { Node } from "yaml";
import type { FieldPath, Mistake } from "./mistake.ts";
import type { SourcePosition } from "./problem.ts";
import { SourceLines } from "./source-lines.ts";
import { describeValue } from "./value-description.ts";
import { readDocument, splitDocuments, type TextPart } from "./yaml-documents.ts";
import { offsetOf } from "./yaml-locate.ts";
import { readPlainDocument } from "./yaml-plain.ts";
import { yamlValue } from "./yaml-value.ts";

/** A larger text is refused unread. */
const MAX_TEXT_LENGTH = 4 * 1024 * 1024;

export interface TextEntry {
  readonly value: Readonly<Record<string, unknown>>;
  /** Where a path is, or what is nearest to it; `wantKey`: at its name, not its value. Keeps the text's tree alive. */
  readonly locate: (path: FieldPath, wantKey?: boolean) => SourcePosition;
}

export interface TextMistake {
  readonly mistake: Mistake;
  readonly position: SourcePosition;
}

/** A document, or an item of one. */
interface Place {
  /** Read again when it is first asked for, if the document was read without a tree. */
  readonly root: () => Node | undefined;
  /** Where the document's content starts. */
  readonly start: number;
  /** Of the document in the text. */
  readonly offset: number;
  readonly path: FieldPath;
}

/** Reads YAML or JSON text with any number of documents, in their order. `file` is for positions only. */
export function* textEntries(text: string, file: string): Generator<TextEntry | TextMistake, void, void> {
  if (text.length > MAX_TEXT_LENGTH) {
    yield { mistake: tooLarge(text), position: { file, line: 1, column: 1 } };
    return;
  }
  const plain = text.startsWith("\ufeff") ? text.slice(1) : text;
  const lines = new SourceLines(plain, file);
  for (const part of splitDocuments(plain)) yield* readPart(part, lines);
}

function* readPart(part: TextPart, lines: SourceLines): Generator<TextEntry | TextMistake, void, void> {
  const plain = readPlainDocument(part.text);
  if (!plain) {
    yield* readTree(part, lines);
    return;
  }
  let read: { readonly root: Node | undefined } | undefined;
  const tree = () => {
    read ??= { root: rootOf(part.text) };
    return read.root;
  };
  const place = { root: tree, start: part.offset + plain.offset, offset: part.offset, path: [] };
  yield* readValue(plain.value, place, lines);
}

function* readTree({ text, offset }: TextPart, lines: SourceLines): Generator<TextEntry | TextMistake, void, void> {
  const document = readDocument(text);
  if (document.kind === "empty") return;
  if (document.kind === "broken") {
    for (const mistake of document.mistakes) yield { mistake, position: lines.positionAt(offset + mistake.offset) };
    return;
  }
  const { root } = document;
  const { value, mistakes } = yamlValue(root);
  for (const mistake of mistakes) yield { mistake, position: lines.positionAt(offset + offsetOf(mistake.node, [])) };
  if (mistakes.length === 0 && value !== null)
    yield* readValue(value, { root: () => root, start: offset + offsetOf(root, []), offset, path: [] }, lines);
}

function* readValue(value: unknown, place: Place, lines: SourceLines): Generator<TextEntry | TextMistake, void, void> {
  const locate = (path: FieldPath, wantKey = false) => positionOf(place, path, wantKey, lines);
  if (!isMap(value)) {
    const message = `an object is wanted, and this is ${describeValue(value, false)}`;
    const hint = "Write a map with apiVersion, kind and metadata.";
    yield { mistake: { code: "LB1008", message, hint }, position: locate([]) };
    return;
  }
  const items = listItems(value);
  if (items && place.path.length === 0) {
    for (const [index, item] of items.entries()) yield* readValue(item, { ...place, path: ["items", index] }, lines);
    return;
  }
  yield { value, locate };
}

function positionOf(
  { root, start, offset, path: base }: Place,
  path: FieldPath,
  wantKey: boolean,
  lines: SourceLines,
): SourcePosition {
  const whole = [...base, ...path];
  const tree = whole.length === 0 ? undefined : root();
  return lines.positionAt(tree ? offset + offsetOf(tree, whole, wantKey) : start);
}

/** Not from object-reader.ts, which brings the schemas of all kinds: commands that only send objects do without them. */
function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function rootOf(text: string): Node | undefined {
  const document = readDocument(text);
  return document.kind === "read" ? document.root : undefined;
}

/** `kind: List`, or HTTPRouteList and the like, as kubectl prints them. */
function listItems({
  kind,
  apiVersion,
  items,
  spec,
}: Readonly<Record<string, unknown>>): readonly unknown[] | undefined {
  const isList =
    typeof kind === "string" && kind.endsWith("List") && typeof apiVersion === "string" && spec === undefined;
  return isList && Array.isArray(items) ? items : undefined;
}

function tooLarge(text: string): Mistake {
  return {
    code: "LB1002",
    message: `the file has ${Math.ceil(text.length / 1024 / 1024)} MiB, and at most ${MAX_TEXT_LENGTH / 1024 / 1024} are read`,
    hint: "Divide it, or move it out of the directory if it isn't configuration.",
  };
}
