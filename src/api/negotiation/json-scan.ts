/** What JSON.parse says nothing of: depth, keys that are there twice, numbers that lose digits. */
import { type FieldPath, formatPath } from "../../model/mistake.ts";

export interface JsonScan {
  /** Paths of fields that are there twice; of many only the first. */
  readonly duplicates: readonly string[];
  /** Path of the first number that can't be kept exactly. */
  readonly inexact: string | undefined;
  /** Path of the first key `__proto__`. */
  readonly proto: string | undefined;
}

const MAX_DUPLICATES = 50;

/** Whether lists and records are nested deeper than `max`. The text may be anything; its time is linear. */
export function nestsDeeper(text: string, max: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = stringEnd(text, at) - 1;
        break;
      case OPEN_LIST:
      case OPEN_RECORD:
        depth += 1;
        if (depth > max) return true;
        break;
      case CLOSE_LIST:
      case CLOSE_RECORD:
        depth -= 1;
    }
  }
  return false;
}

/** @param text what JSON.parse has read without an error */
export function scanJson(text: string): JsonScan {
  return new Scanner(text).scan();
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_RECORD = 0x7b;
const CLOSE_RECORD = 0x7d;

const NUMBER = /-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?/y;

/** What is open at a place in the text: a list, at an index, or a record, at a key. */
type Open = { readonly keys: undefined; index: number } | { readonly keys: Set<string>; key: string };

class Scanner {
  readonly #text: string;
  readonly #open: Open[] = [];
  readonly #duplicates: string[] = [];
  #inexact: string | undefined;
  #proto: string | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  scan(): JsonScan {
    const text = this.#text;
    let at = 0;
    while (at < text.length) at = this.#step(at, text.charCodeAt(at));
    return { duplicates: this.#duplicates, inexact: this.#inexact, proto: this.#proto };
  }

  /** Reads what starts at a place, and returns where it ends. */
  #step(at: number, code: number): number {
    if (code === QUOTE) return this.#string(at);
    if (code === MINUS || (code >= 0x30 && code <= 0x39)) return this.#number(at);
    const top = this.#open.at(-1);
    if (code === OPEN_RECORD) this.#open.push({ keys: new Set(), key: "" });
    else if (code === OPEN_LIST) this.#open.push({ keys: undefined, index: 0 });
    else if (code === CLOSE_LIST || code === CLOSE_RECORD) this.#open.pop();
    else if (code === COMMA && top && !top.keys) top.index += 1;
    return at + 1;
  }

  #string(start: number): number {
    const end = stringEnd(this.#text, start);
    const top = this.#open.at(-1);
    if (top?.keys && this.#isBeforeColon(end)) this.#key(top, this.#text.slice(start, end));
    return end;
  }

  #key(top: Extract<Open, { key: string }>, quoted: string): void {
    const key = quoted.includes("\\") ? String(JSON.parse(quoted)) : quoted.slice(1, -1);
    top.key = key;
    if (key === "__proto__") this.#proto ??= this.#path();
    if (top.keys.has(key) && this.#duplicates.length < MAX_DUPLICATES) {
      const path = this.#path();
      if (!this.#duplicates.includes(path)) this.#duplicates.push(path);
    }
    top.keys.add(key);
  }

  #number(start: number): number {
    NUMBER.lastIndex = start;
    const [digits = "", fraction, exponent] = NUMBER.exec(this.#text) ?? [];
    const value = Number(digits);
    const isWhole = fraction === undefined && exponent === undefined;
    if (isWhole ? !Number.isSafeInteger(value) : !Number.isFinite(value)) this.#inexact ??= this.#path();
    return start + Math.max(1, digits.length);
  }

  #isBeforeColon(end: number): boolean {
    let at = end;
    while (isSpace(this.#text.charCodeAt(at))) at += 1;
    return this.#text.charCodeAt(at) === COLON;
  }

  #path(): string {
    const path: FieldPath = this.#open.map((open) => (open.keys ? open.key : open.index));
    return formatPath(path);
  }
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
}

/** Where the string that starts at a quote ends, its closing quote included. */
function stringEnd(text: string, start: number): number {
  let at = text.indexOf('"', start + 1);
  while (at >= 0 && isEscaped(text, at)) at = text.indexOf('"', at + 1);
  return at < 0 ? text.length : at + 1;
}

function isEscaped(text: string, quote: number): boolean {
  let at = quote - 1;
  while (text.charCodeAt(at) === BACKSLASH) at -= 1;
  return (quote - 1 - at) % 2 === 1;
}
