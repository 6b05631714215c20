/**
 * A quick reader for YAML as most people write it: block lists and maps, flow lists and maps on one line, scalars
 * on one line. It is ten times as fast as the library, and gives up at anything else: anchors, tags, block scalars,
 * escapes, tabs, mistakes of any kind. What it does read, it reads as the library would (a property test holds that).
 */
import { MAX_DEPTH } from "./yaml-documents.ts";
import { plainScalar } from "./yaml-plain-scalar.ts";

/** Thrown inside of this file only; a constant, because most of an Error's cost is its stack. */
const NOT_PLAIN = new Error("not plain YAML");

const MAX_KEY_LENGTH = 200;
/** Keys of a block: plain, or quoted without escapes. */
const BLOCK_KEY = /(?:([A-Za-z0-9_][-A-Za-z0-9_./]*)|"([^"\\\n]*)"|'([^'\n]*)'):(?=[ \n])/y;
/** Keys of a flow map; quoted ones need no space after the colon. */
const FLOW_KEY = /(?:([A-Za-z0-9_][-A-Za-z0-9_./]*):(?= )|"([^"\\\n]*)":|'([^'\n]*)':) */y;
/** Plain scalars that can't be taken for anything else by their first character. */
const BLOCK_SCALAR = /(?:[A-Za-z0-9_./+(^$=~<;]|-(?=[A-Za-z0-9]))[^\n]*/y;
const FLOW_SCALAR = /(?:[A-Za-z0-9_./+(^$=~<;]|-(?=[A-Za-z0-9]))[^\n,[\]{}]*/y;
const DOUBLE_QUOTED = /"([^"\\\n]*)"/y;
const SINGLE_QUOTED = /'((?:[^'\n]|'')*)'/y;
/** White space, and a comment. */
const LINE_END = / *(?: #[^\n]*)?\n/y;
const BLANK_LINES = /(?: *(?:#[^\n]*)?\n)*/y;
const SPACES = / */y;
const DOCUMENT_START = /--- *(?: #[^\n]*)?\n/y;

export interface PlainDocument {
  /** Fields that are null are left out. */
  readonly value: Readonly<Record<string, unknown>>;
  /** Of the first key. */
  readonly offset: number;
}

/** A document whose root is a map, or undefined when it takes the library to read it. */
export function readPlainDocument(text: string): PlainDocument | undefined {
  // Anything but printable ASCII is left to the library.
  if (/[^\n\x20-\x7e]/.test(text)) return undefined;
  try {
    return new PlainReader(text.endsWith("\n") ? text : `${text}\n`).read();
  } catch (error) {
    if (error !== NOT_PLAIN) throw error;
    return undefined;
  }
}

/** Stands at the first character of a line's content, of which #column is the distance from the line's start. */
class PlainReader {
  readonly #text: string;
  #at = 0;
  /** -1 at the end of the text. */
  #column = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): PlainDocument {
    this.#take(DOCUMENT_START);
    this.#nextLine();
    const offset = this.#at;
    if (this.#column !== 0 || this.#isDash()) throw NOT_PLAIN;
    const value = this.#map(0);
    if (!this.#isAtEnd()) throw NOT_PLAIN;
    return { value, offset };
  }

  #block(): unknown {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw NOT_PLAIN;
    const value = this.#isDash() ? this.#list(this.#column) : this.#map(this.#column);
    this.#depth -= 1;
    return value;
  }

  #map(column: number): Record<string, unknown> {
    const entries: Record<string, unknown> = {};
    const keys = new Set<string>();
    while (this.#column === column && !this.#isDash()) {
      const key = this.#key(BLOCK_KEY, keys);
      const value = this.#atLineEnd() ? this.#valueBelow(column) : this.#valueBeside(column);
      if (value !== null) entries[key] = value;
    }
    return entries;
  }

  #list(column: number): unknown[] {
    const items: unknown[] = [];
    while (this.#column === column && this.#isDash()) {
      this.#at += 1;
      if (this.#atLineEnd()) {
        this.#nextLine();
        items.push(this.#column > column ? this.#block() : null);
      } else {
        const start = this.#at;
        this.#take(SPACES);
        this.#column = column + 1 + this.#at - start;
        items.push(this.#isDash() || this.#isKey() ? this.#block() : this.#valueBeside(column));
      }
      // What is left of an item would belong to nothing.
      if (this.#column > column) throw NOT_PLAIN;
    }
    return items;
  }

  /** Lists may stand in the column of their key. */
  #valueBelow(column: number): unknown {
    this.#nextLine();
    if (this.#column > column) {
      const value = this.#block();
      if (this.#column > column) throw NOT_PLAIN;
      return value;
    }
    return this.#column === column && this.#isDash() ? this.#block() : null;
  }

  #valueBeside(column: number): unknown {
    this.#take(SPACES);
    const value = this.#scalarOrFlow(BLOCK_SCALAR);
    if (!this.#atLineEnd()) throw NOT_PLAIN;
    this.#nextLine();
    // A line further in would go on with the scalar.
    if (this.#column > column) throw NOT_PLAIN;
    return value;
  }

  #scalarOrFlow(plain: RegExp): unknown {
    switch (this.#text[this.#at]) {
      case "[":
        return this.#flowList();
      case "{":
        return this.#flowMap();
      case '"':
        return this.#expect(DOUBLE_QUOTED)[1];
      case "'":
        return (this.#expect(SINGLE_QUOTED)[1] ?? "").replaceAll("''", "'");
      default:
        return this.#plain(plain);
    }
  }

  #plain(plain: RegExp): unknown {
    const start = this.#at;
    const [line] = this.#expect(plain);
    const comment = line.indexOf(" #");
    if (comment >= 0 && plain === FLOW_SCALAR) throw NOT_PLAIN;
    const scalar = (comment < 0 ? line : line.slice(0, comment)).trimEnd();
    if (scalar.includes(": ") || scalar.endsWith(":")) throw NOT_PLAIN;
    this.#at = start + scalar.length;
    const value = plainScalar(scalar);
    if (value === undefined) throw NOT_PLAIN;
    return value;
  }

  #flowList(): unknown[] {
    this.#openFlow();
    const items: unknown[] = [];
    if (this.#closeFlow("]")) return items;
    do {
      this.#take(SPACES);
      items.push(this.#scalarOrFlow(FLOW_SCALAR));
    } while (!this.#endOfItem("]"));
    return items;
  }

  #flowMap(): Record<string, unknown> {
    this.#openFlow();
    const entries: Record<string, unknown> = {};
    if (this.#closeFlow("}")) return entries;
    const keys = new Set<string>();
    do {
      this.#take(SPACES);
      const key = this.#key(FLOW_KEY, keys);
      const value = this.#scalarOrFlow(FLOW_SCALAR);
      if (value !== null) entries[key] = value;
    } while (!this.#endOfItem("}"));
    return entries;
  }

  #openFlow(): void {
    this.#at += 1;
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw NOT_PLAIN;
  }

  #closeFlow(bracket: string): boolean {
    this.#take(SPACES);
    if (this.#text[this.#at] !== bracket) return false;
    this.#at += 1;
    this.#depth -= 1;
    return true;
  }

  #endOfItem(bracket: string): boolean {
    if (this.#closeFlow(bracket)) return true;
    if (this.#text[this.#at] !== ",") throw NOT_PLAIN;
    this.#at += 1;
    return false;
  }

  #key(pattern: RegExp, seen: Set<string>): string {
    const [, plain, double, single] = this.#expect(pattern);
    const key = plain ?? double ?? single ?? "";
    if (plain !== undefined && plainScalar(plain) === null) throw NOT_PLAIN;
    if (key.length > MAX_KEY_LENGTH || key === "__proto__" || key === "<<" || seen.has(key)) throw NOT_PLAIN;
    seen.add(key);
    return key;
  }

  #isKey(): boolean {
    BLOCK_KEY.lastIndex = this.#at;
    return BLOCK_KEY.test(this.#text);
  }

  #isAtEnd(): boolean {
    return this.#column === -1;
  }

  #isDash(): boolean {
    const next = this.#text[this.#at + 1];
    return this.#text[this.#at] === "-" && (next === " " || next === "\n");
  }

  #atLineEnd(): boolean {
    LINE_END.lastIndex = this.#at;
    return LINE_END.test(this.#text);
  }

  /** To the content of the next line that has any. */
  #nextLine(): void {
    if (this.#at > 0 && this.#text[this.#at - 1] !== "\n") this.#take(LINE_END);
    this.#take(BLANK_LINES);
    const start = this.#at;
    this.#take(SPACES);
    this.#column = this.#at >= this.#text.length ? -1 : this.#at - start;
  }

  #expect(pattern: RegExp): RegExpExecArray {
    const match = this.#take(pattern);
    if (!match) throw NOT_PLAIN;
    return match;
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match) this.#at = pattern.lastIndex;
    return match;
  }
}
