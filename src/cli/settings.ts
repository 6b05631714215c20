/** An object's fields as YAML, with a word beside those that its user didn't write, and where in a file the others stand. */
import { Document, isCollection, isMap, isScalar, isSeq, type Node, type Pair } from "yaml";

export interface SettingsSource {
  /** The same as its user wrote it; undefined where that isn't known. */
  readonly written: Readonly<Record<string, unknown>> | undefined;
  /** The line of a field, for objects of files. */
  readonly lineOf?: ((path: readonly string[]) => number) | undefined;
}

/** Marks the start of a remark: a character that YAML never has in plain text. */
const MARK = "\u0001";
/** Remarks stand below each other, unless a line is longer than this. */
const MAX_ALIGNED = 60;

/** @param body the spec with defaults, or what the kind has instead */
export function settingsText(body: Readonly<Record<string, unknown>>, source: SettingsSource): string {
  const document = new Document(body, { aliasDuplicateObjects: false, compat: "yaml-1.1" });
  remark(document, source);
  return aligned(document.toString({ lineWidth: 0 }));
}

function remark(document: Document, { written, lineOf }: SettingsSource): void {
  const visit = (node: unknown, path: readonly string[], counterpart: unknown, isKnown: boolean): void => {
    if (isMap(node)) {
      for (const pair of node.items as Pair<Node, Node>[]) {
        const name = String(isScalar(pair.key) ? pair.key.value : pair.key);
        const inner = [...path, name];
        const isWritten = !isKnown || hasField(counterpart, name);
        if (!isWritten) say(pair, "default");
        else {
          // A line for each field at the top is enough to find the others.
          if (lineOf && inner.length === 1) say(pair, `line ${lineOf(inner)}`);
          visit(pair.value, inner, fieldOf(counterpart, name), isKnown);
        }
      }
    } else if (isSeq(node)) {
      // A list of another length was made of something else than this list: nothing can be said of its items.
      const items = Array.isArray(counterpart) && counterpart.length === node.items.length ? counterpart : undefined;
      for (const [index, item] of node.items.entries())
        visit(item, [...path, String(index)], items?.[index], isKnown && items !== undefined);
    }
  };
  visit(document.contents, [], written, written !== undefined);
}

function say({ key, value }: Pair<Node, Node>, words: string): void {
  const remarked = isCollection(value) ? key : value;
  // Beside an empty collection the library has no room for one.
  if (remarked && !(isCollection(value) && value.items.length === 0)) remarked.comment = `${MARK}${words}`;
}

function hasField(value: unknown, name: string): boolean {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name);
}

function fieldOf(value: unknown, name: string): unknown {
  return hasField(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

function aligned(text: string): string {
  const lines = text.split("\n").map((line) => line.split(` #${MARK}`));
  const widths = lines.flatMap(([code = "", words]) =>
    words !== undefined && code.length <= MAX_ALIGNED ? [code.length] : [],
  );
  const width = Math.max(0, ...widths);
  return lines
    .map(([code = "", words]) => (words === undefined ? code : `${code.padEnd(width)}  # ${words}`))
    .join("\n");
}
