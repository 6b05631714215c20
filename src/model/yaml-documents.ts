/** Text to YAML documents, each by itself: a broken one doesn't change how the others are read. */
import { Composer, Lexer, type ParsedNode, Parser, type YAMLError } from "yaml";
import type { Mistake } from "./mistake.ts";

/** Nothing that is configured nests this deep; the composer is recursive, so there has to be a bound. */
export const MAX_DEPTH = 100;

/** Indicators, scalars and white space of one document: some seconds of the library's time. */
const MAX_LEXEMES = 1_000_000;

/** After the first few, errors of a document are consequences of each other. */
const MAX_ERRORS = 3;

/** A part of the text between two document markers. */
export interface TextPart {
  readonly text: string;
  /** Of the part's first character in the whole text. */
  readonly offset: number;
}

export interface DocumentMistake extends Mistake {
  /** In the part's text. */
  readonly offset: number;
}

export type YamlDocument =
  | { readonly kind: "empty" }
  | { readonly kind: "broken"; readonly mistakes: readonly DocumentMistake[] }
  | { readonly kind: "read"; readonly root: ParsedNode };

/**
 * YAML ends a document at a line that starts with --- or ..., whatever is open there (YAML 1.2.2, section 9.1.2:
 * such lines can't be in a scalar or a flow collection), so the text can be divided before it is read.
 */
export function* splitDocuments(text: string): Generator<TextPart> {
  let start = 0;
  for (const marker of text.matchAll(/^(?:---|\.\.\.)(?![^ \t\r\n])/gm)) {
    if (marker.index > start) yield { text: text.slice(start, marker.index), offset: start };
    start = marker[0] === "..." ? marker.index + 3 : marker.index;
  }
  yield { text: text.slice(start), offset: start };
}

/** Reads one part. Only syntax is looked at; what the values mean comes later. */
export function readDocument(text: string): YamlDocument {
  if (isBlank(text)) return { kind: "empty" };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what YAML excludes (section 5.1)
  const control = text.search(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/);
  if (control >= 0) {
    const code = text.charCodeAt(control).toString(16).padStart(4, "0");
    return broken(
      "LB1006",
      `the text has the control character U+${code.toUpperCase()}`,
      control,
      "Is this a text file, in UTF-8?",
    );
  }
  return compose(text);
}

function compose(text: string): YamlDocument {
  const lexer = new Lexer();
  const parser = new Parser();
  const composer = new Composer({ version: "1.2", schema: "core", uniqueKeys: false, logLevel: "silent" });
  let lexemes = 0;
  for (const lexeme of lexer.lex(text)) {
    lexemes += 1;
    if (lexemes > MAX_LEXEMES) {
      return broken("LB1014", "the document is too large to be one object or list", 0, "Divide it with --- lines.");
    }
    for (const token of parser.next(lexeme)) for (const _ of composer.next(token));
    if (parser.stack.length > MAX_DEPTH) {
      return broken(
        "LB1005",
        `lists and maps are nested more than ${MAX_DEPTH} deep`,
        parser.offset,
        "Check indentation and brackets.",
      );
    }
  }
  for (const token of parser.end()) for (const _ of composer.next(token));
  const [document] = composer.end(true, text.length);
  if (!document) return { kind: "empty" };
  const errors = document.errors.slice(0, MAX_ERRORS).map(describeError);
  if (errors.length > 0) return { kind: "broken", mistakes: errors };
  const tags = document.warnings.filter(({ code }) => code === "TAG_RESOLVE_FAILED").slice(0, MAX_ERRORS);
  if (tags.length > 0) return { kind: "broken", mistakes: tags.map(describeTag) };
  const root = document.contents as ParsedNode | null;
  return root === null ? { kind: "empty" } : { kind: "read", root };
}

/** Nothing but white space, comments and directives; no regular expression, whose time could grow with the square. */
function isBlank(text: string): boolean {
  if (/^\s*[^\s#%-]/.test(text.slice(0, 200))) return false;
  return text.split("\n").every((line) => /^(?:[#%]|$|---\s*$)/.test(line.trimStart()));
}

function broken(code: Mistake["code"], message: string, offset: number, hint: string): YamlDocument {
  return { kind: "broken", mistakes: [{ code, message, offset, hint }] };
}

/** What usually is behind an error of the syntax. */
const HINTS: Readonly<Partial<Record<YAMLError["code"], string>>> = {
  TAB_AS_INDENT: "Indent with spaces.",
  MISSING_CHAR: "Look for a quote or bracket that isn't closed, or a missing space after a colon.",
  BAD_INDENT: "Lines of one list or map start in the same column; brackets have to be closed.",
  BAD_SCALAR_START: "Put the value in quotes.",
  BLOCK_AS_IMPLICIT_KEY: "Check the indentation; a value with a colon and a space in it needs quotes.",
  MULTILINE_IMPLICIT_KEY: "Is a colon missing after a key?",
  BAD_DQ_ESCAPE: "Use single quotes for text with backslashes.",
  BAD_ALIAS: "A value that starts with * needs quotes.",
};

function describeError({ code, message, pos }: YAMLError): DocumentMistake {
  // What the library quotes from the text stays out: it may be a secret.
  const [reason = ""] = message.split(': "');
  return {
    code: code === "RESOURCE_EXHAUSTION" ? "LB1005" : "LB1001",
    message: `the text isn't YAML: ${reason.charAt(0).toLowerCase()}${reason.slice(1)}`,
    hint: HINTS[code] ?? "Check the indentation and the quotes around this place.",
    offset: pos[0],
  };
}

function describeTag({ pos }: YAMLError): DocumentMistake {
  return {
    code: "LB1012",
    message: "tags (!name) aren't supported",
    hint: "A value that starts with ! needs quotes.",
    offset: pos[0],
  };
}
