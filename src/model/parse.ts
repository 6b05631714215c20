/** The door through which everything that users write comes in. */
import type { Node } from "yaml";
import type { ObjectKey } from "./keys.ts";
import type { AnyResource } from "./kinds.ts";
import { type Finding, formatPath, type Mistake, parsePath } from "./mistake.ts";
import { isFields, readObject } from "./object-reader.ts";
import type { Problem, SourcePosition } from "./problem.ts";
import { SourceLines } from "./source-lines.ts";
import { describeValue } from "./value-description.ts";
import { readDocument, splitDocuments, type TextPart } from "./yaml-documents.ts";
import { offsetOf } from "./yaml-locate.ts";
import { readPlainDocument } from "./yaml-plain.ts";
import { yamlValue } from "./yaml-value.ts";

/** More of them wouldn't be read by anybody; objects behind the last one are still read. */
const MAX_PROBLEMS = 1000;

/** A larger text is refused unread. */
const MAX_TEXT_LENGTH = 4 * 1024 * 1024;

export interface ParsedObject {
  readonly resource: AnyResource;
  /** Where the object starts. */
  readonly position: SourcePosition;
  /** Where a path such as "spec.rules[0]" is, or what is nearest to it. It keeps the text's tree alive: drop it soon. */
  readonly locate: (path: string) => SourcePosition;
}

export interface Parsed {
  readonly objects: readonly ParsedObject[];
  /** In the order of the text; objects with an error among them are not in `objects`. */
  readonly problems: readonly Problem[];
}

/** Reads YAML or JSON text with any number of documents. `file` is for positions only. */
export function parse(text: string, file: string): Parsed {
  if (text.length > MAX_TEXT_LENGTH) return { objects: [], problems: [tooLarge(text, file)] };
  const plain = text.startsWith("\ufeff") ? text.slice(1) : text;
  const reader = new TextReader(new SourceLines(plain, file));
  for (const part of splitDocuments(plain)) reader.readPart(part);
  return reader;
}

/** One object of a document: the document itself, or an item of a List. */
interface Entry {
  /** Read again when it is first asked for, if the document was read without a tree. */
  readonly root: () => Node | undefined;
  /** Where the document's content starts. */
  readonly start: number;
  /** Of the document in the text. */
  readonly offset: number;
  readonly path: readonly (string | number)[];
}

class TextReader implements Parsed {
  readonly objects: ParsedObject[] = [];
  readonly problems: Problem[] = [];
  readonly #lines: SourceLines;

  constructor(lines: SourceLines) {
    this.#lines = lines;
  }

  readPart(part: TextPart): void {
    const plain = readPlainDocument(part.text);
    if (!plain) {
      this.#readTree(part);
      return;
    }
    let read: { readonly root: Node | undefined } | undefined;
    const tree = () => {
      read ??= { root: rootOf(part.text) };
      return read.root;
    };
    this.#readEntry(plain.value, { root: tree, start: part.offset + plain.offset, offset: part.offset, path: [] });
  }

  #readTree({ text, offset }: TextPart): void {
    const document = readDocument(text);
    if (document.kind === "empty") return;
    if (document.kind === "broken") {
      for (const mistake of document.mistakes) this.#report(mistake, offset + mistake.offset);
      return;
    }
    const { root } = document;
    const { value, mistakes } = yamlValue(root);
    for (const mistake of mistakes) this.#report(mistake, offset + offsetOf(mistake.node, []));
    if (mistakes.length === 0 && value !== null) {
      this.#readEntry(value, { root: () => root, start: offset + offsetOf(root, []), offset, path: [] });
    }
  }

  #readEntry(value: unknown, entry: Entry): void {
    if (!isFields(value)) {
      const message = `an object is wanted, and this is ${describeValue(value, false)}`;
      const hint = "Write a map with apiVersion, kind and metadata.";
      this.#add(entry, [{ code: "LB1008", message, hint, path: [] }]);
      return;
    }
    const items = listItems(value);
    if (items && entry.path.length === 0) {
      for (const [index, item] of items.entries()) this.#readEntry(item, { ...entry, path: ["items", index] });
      return;
    }
    const { resource, key, findings } = readObject(value);
    this.#add(entry, findings, key);
    if (!resource) return;
    const locate = (path: string) => this.#place(entry, { path: parsePath(path) });
    this.objects.push({ resource, position: this.#place(entry, { path: [] }), locate });
  }

  #add(entry: Entry, findings: readonly Finding[], key?: ObjectKey): void {
    if (findings.length === 0 || this.problems.length >= MAX_PROBLEMS) return;
    const problems = findings.map((finding) =>
      problemOf(finding, formatPath(finding.path), this.#place(entry, finding), finding.severity, key),
    );
    this.problems.push(...problems.sort(byPosition));
  }

  #report(mistake: Mistake, offset: number): void {
    if (this.problems.length >= MAX_PROBLEMS) return;
    this.problems.push(problemOf(mistake, "", this.#lines.positionAt(offset)));
  }

  #place(
    { root, start, offset, path }: Entry,
    finding: Pick<Finding, "path"> & { readonly code?: string },
  ): SourcePosition {
    const whole = [...path, ...finding.path];
    const tree = whole.length === 0 ? undefined : root();
    if (!tree) return this.#lines.positionAt(start);
    // An unknown field is marked at its name; everything else at the value.
    return this.#lines.positionAt(offset + offsetOf(tree, whole, finding.code === "LB1101"));
  }
}

function byPosition(a: Problem, b: Problem): number {
  if (!a.position || !b.position) return 0;
  return a.position.line - b.position.line || a.position.column - b.position.column;
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

function problemOf(
  { code, message, hint }: Mistake,
  path: string,
  position: SourcePosition,
  severity: Problem["severity"] = "error",
  object?: ObjectKey,
): Problem {
  return {
    code,
    severity,
    message,
    path,
    position,
    ...(hint !== undefined && { hint }),
    ...(object !== undefined && { object }),
  };
}

function tooLarge(text: string, file: string): Problem {
  const mistake = {
    code: "LB1002",
    message: `the file has ${Math.ceil(text.length / 1024 / 1024)} MiB, and at most ${MAX_TEXT_LENGTH / 1024 / 1024} are read`,
    hint: "Divide it, or move it out of the directory if it isn't configuration.",
  } as const;
  return problemOf(mistake, "", { file, line: 1, column: 1 });
}
