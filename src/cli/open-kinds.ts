import type { Command } from "commander";
import type { Answer } from "../client/local-client.ts";
import { findKinds } from "./find-objects.ts";
import type { ObjectReader, ReadableKind } from "./object-reader.ts";
import { apiReaderOf, type ReaderWish, readerOf } from "./open-reader.ts";

export interface OpenedKinds {
  readonly reader: ObjectReader;
  readonly kinds: readonly ReadableKind[];
}

/** The kinds that the words name, and who reads them: the API for selectors, and for kinds that the socket doesn't know. */
export async function openKinds(
  command: Command,
  words: string,
  wish: ReaderWish & { readonly hasSelectors?: boolean } = {},
): Promise<Answer<OpenedKinds>> {
  const first = await (wish.hasSelectors ? apiReaderOf(command, wish) : readerOf(command, wish));
  if ("problem" in first) return first;
  const kinds = await kindsOf(first.value, words);
  if ("value" in kinds || kinds.problem.code !== "LB6201") return kinds;
  const second = await apiReaderOf(command, wish);
  return "problem" in second ? kinds : kindsOf(second.value, words);
}

async function kindsOf(reader: ObjectReader, words: string): Promise<Answer<OpenedKinds>> {
  const known = await reader.kinds();
  if ("problem" in known) return known;
  const kinds = findKinds(known.value, words);
  return "problem" in kinds ? kinds : { value: { reader, kinds: kinds.value } };
}
