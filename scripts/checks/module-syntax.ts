import { type ImportDeclarationSpecifier, parseSync, type StringLiteral, Visitor } from "oxc-parser";

/** Something named in a source file. */
export interface Finding {
  readonly name: string;
  /** Counts from 1. */
  readonly line: number;
}

/** A module that a source file names; the name is "" where it is only known at run time. */
export interface Import extends Finding {
  /** The exports that are taken from it as values; "*" stands for all of them. Types are left out. */
  readonly values: readonly string[];
}

/** Objects that hold the time, chance, the outside world, or a way to it. */
const impureObjects = new Set(["process", "performance", "console", "globalThis", "crypto", "Deno", "Bun"]);
const impureMembers = new Set(["Date.now", "Math.random"]);
const impureFunctions = new Set(["setTimeout", "setInterval", "setImmediate", "queueMicrotask", "fetch", "Date"]);
/** Every module that a file names: imports, re-exports, `import()` and `import("...").Type`, types included. */
export function findImports(file: string, text: string): Import[] {
  const found: Import[] = [];
  const add = (source: StringLiteral | null, values: readonly string[]) => {
    if (source !== null) found.push({ name: source.value, line: lineAt(text, source.start), values });
  };
  new Visitor({
    ImportDeclaration: (node) =>
      add(node.source, node.importKind === "type" ? [] : node.specifiers.flatMap(importedValues)),
    ExportAllDeclaration: (node) => add(node.source, node.exportKind === "type" ? [] : ["*"]),
    ExportNamedDeclaration: (node) => add(node.source, node.exportKind === "type" ? [] : ["*"]),
    ImportExpression: (node) => {
      const { source } = node;
      if (source.type === "Literal" && typeof source.value === "string") add(source, ["*"]);
      else found.push({ name: "", line: lineAt(text, node.start), values: ["*"] });
    },
    TSImportType: (node) => add(node.source, []),
  }).visit(parse(file, text));
  return found;
}

function importedValues(specifier: ImportDeclarationSpecifier): string[] {
  if (specifier.type !== "ImportSpecifier") return ["*"];
  if (specifier.importKind === "type") return [];
  return [specifier.imported.type === "Identifier" ? specifier.imported.name : specifier.imported.value];
}

/** Every use of the clock, of chance, or of the world outside that the syntax gives away. */
export function findImpurities(file: string, text: string): Finding[] {
  const found: Finding[] = [];
  const add = (name: string, start: number) => found.push({ name, line: lineAt(text, start) });
  new Visitor({
    MemberExpression: (node) => {
      if (node.object.type !== "Identifier") return;
      const object = node.object.name;
      const member = node.property.type === "Identifier" ? `${object}.${node.property.name}` : object;
      if (impureObjects.has(object) || impureMembers.has(member)) add(member, node.start);
    },
    CallExpression: (node) => {
      if (node.callee.type === "Identifier" && impureFunctions.has(node.callee.name)) add(node.callee.name, node.start);
    },
    NewExpression: (node) => {
      const isClock = node.callee.type === "Identifier" && node.callee.name === "Date" && node.arguments.length === 0;
      if (isClock) add("new Date()", node.start);
    },
  }).visit(parse(file, text));
  return found;
}

function parse(file: string, text: string) {
  const { program, errors } = parseSync(file, text);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${file}: ${error.message}`);
  return program;
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}
