/** What `-o` of `get` may say. */
import { InvalidArgumentError, Option } from "commander";
import type { DocumentFormat } from "./document.ts";
import { type JsonPathTemplate, parseTemplate } from "./json-path.ts";

export type OutputFormat =
  | { readonly kind: "table"; readonly isWide: boolean }
  | { readonly kind: "name" }
  | { readonly kind: "document"; readonly format: DocumentFormat }
  | { readonly kind: "jsonpath"; readonly template: JsonPathTemplate };

export const PLAIN_TABLE: OutputFormat = { kind: "table", isWide: false };

const WORDS = ["wide", "yaml", "json", "name"] as const;

export function outputOption(): Option {
  return new Option("-o, --output <format>", "wide, yaml, json, name, or jsonpath={.metadata.name}")
    .choices([...WORDS])
    .argParser(parseOutput);
}

function parseOutput(word: string): OutputFormat {
  switch (word) {
    case "wide":
      return { kind: "table", isWide: true };
    case "name":
      return { kind: "name" };
    case "yaml":
    case "json":
      return { kind: "document", format: word };
  }
  const [, words] = /^jsonpath=([\s\S]*)$/.exec(word) ?? [];
  if (words === undefined)
    throw new InvalidArgumentError(`Allowed choices are ${WORDS.join(", ")}, jsonpath=<template>.`);
  const parsed = parseTemplate(words);
  if ("mistake" in parsed) throw new InvalidArgumentError(`The template isn't understood: ${parsed.mistake}.`);
  return { kind: "jsonpath", template: parsed.template };
}
