/** Where an object and its single settings come from. */
import { readFileSync } from "node:fs";
import type { ApiClient } from "../client/api-client.ts";
import { equal } from "../lib/equal.ts";
import { at } from "../lib/fields.ts";
import type { AnyResource } from "../model/kinds.ts";
import type { ResourceEnvelope } from "../model/metadata.ts";
import { isFields, readObject } from "../model/object-reader.ts";
import { printable } from "../model/print.ts";
import { textEntries } from "../model/text-entries.ts";
import type { JournalEntry } from "../storage/store.ts";
import { isAbout } from "./audit-entry.ts";
import { newestFirst } from "./audit-pages.ts";
import { originText } from "./columns.ts";
import { mayGet } from "./may-see.ts";
import { type ReadableKind, type ReadObject, STORE } from "./object-reader.ts";
import type { SettingsSource } from "./settings.ts";

/** How far back the journal is searched for the last write. Entries. */
const SEARCHED_ENTRIES = 5_000;

type Fields = Readonly<Record<string, unknown>>;

/** Its spec with defaults, or what the kind has instead, and what is known of where it is from. */
export interface Settings extends SettingsSource {
  readonly title: "Spec" | "Settings";
  readonly body: Fields;
}

/** "shop/front.yaml:12:1", or "the store, written by alice at 2026-01-31T08:00:00Z" for those who may read the journal. */
export async function originOf(object: ReadObject, kind: ReadableKind, api: ApiClient | undefined): Promise<string> {
  const { origin } = object;
  if (origin.position) return originText(object);
  if (origin.source !== STORE) return `${origin.source}, which the API doesn't change`;
  const mayRead = api !== undefined && (await mayGet(api, { path: "/landbridge/v1/audit" }));
  const entry = mayRead ? await lastWrite(api, object.resource, kind) : undefined;
  const by = entry
    ? `, written by ${String(entry.note.user)} at ${entry.time.slice(0, 19)}Z (${String(entry.note.verb)})`
    : "";
  return `the store${by}`;
}

async function lastWrite(
  api: ApiClient,
  { kind, metadata }: ResourceEnvelope,
  { plural }: ReadableKind,
): Promise<JournalEntry | undefined> {
  const { namespace, name } = metadata;
  let searched = 0;
  for await (const page of newestFirst(api)) {
    if ("problem" in page) return undefined;
    const about = { kind, resource: plural, namespace, name };
    const found = page.value.find(({ note }) => note.type === "write" && isAbout(note, about));
    searched += page.value.length;
    if (found || searched >= SEARCHED_ENTRIES) return found;
  }
  return undefined;
}

/** `api` serves what was written, for objects of the store; files are read if they are on this machine. */
export async function settingsOf(
  object: ReadObject,
  kind: ReadableKind,
  api: ApiClient | undefined,
): Promise<Settings> {
  const { body, written, lineOf } = await wholeSettings(object, kind, api);
  const { spec, ...others } = body;
  if (!isFields(spec) || Object.keys(others).length > 0) return { title: "Settings", body, written, lineOf };
  return {
    title: "Spec",
    body: spec,
    // An object without a spec has written nothing of it.
    written: written && (isFields(written.spec) ? written.spec : {}),
    lineOf: lineOf && ((path) => lineOf(["spec", ...path])),
  };
}

async function wholeSettings(
  object: ReadObject,
  kind: ReadableKind,
  api: ApiClient | undefined,
): Promise<SettingsSource & { readonly body: Fields }> {
  const { resource, origin, raw } = object;
  const body = bodyOf(resource);
  // What Secrets hold is left out, and stringData is data by now: nothing to compare.
  if (kind.kind === "Secret") return { body, written: undefined };
  if (origin.position) return { body, ...(raw ? { written: undefined } : inFile(resource, origin.position.file)) };
  if (origin.source !== STORE) return { body, written: undefined };
  if (raw) return { body: bodyOf(completed(raw) ?? resource), written: raw };
  return { body, written: api && (await writtenIn(api, kind, resource)) };
}

function bodyOf(resource: ResourceEnvelope): Fields {
  // Whatever the kind, printing only looks at fields.
  const { apiVersion: _, kind: __, metadata: ___, ...body } = printable(resource as AnyResource);
  return body;
}

/** With defaults, as the control plane takes it; undefined for what this version doesn't understand. */
function completed(raw: Fields): ResourceEnvelope | undefined {
  const { resource } = readObject(raw);
  return resource && { ...resource };
}

/** The object as the file has it; nothing where the file is elsewhere, or says something else by now. */
function inFile(resource: ResourceEnvelope, file: string): SettingsSource {
  let content: string;
  try {
    content = readFileSync(file, "utf8");
  } catch {
    return { written: undefined };
  }
  for (const entry of textEntries(content, file)) {
    if ("mistake" in entry || !isSame(entry.value, resource)) continue;
    const { value, locate } = entry;
    return { written: value, lineOf: (path) => locate(path, true).line };
  }
  return { written: undefined };
}

function isSame(value: Fields, resource: ResourceEnvelope): boolean {
  if (at(value, "kind") !== resource.kind || at(value, "metadata", "name") !== resource.metadata.name) return false;
  const read = completed(value);
  return read?.metadata.namespace === resource.metadata.namespace && equal(bodyOf(read), bodyOf(resource));
}

async function writtenIn(api: ApiClient, kind: ReadableKind, resource: ResourceEnvelope): Promise<Fields | undefined> {
  const resources = await api.resources();
  const found =
    "value" in resources
      ? resources.value.find((each) => each.kind === kind.kind && each.group === kind.group)
      : undefined;
  const answer = found && (await api.get(found, resource.metadata.namespace, resource.metadata.name));
  return answer && "value" in answer ? answer.value : undefined;
}
