/** What changes in one object, as lines of YAML with a minus or a plus before them. */
import { lineDiff } from "../../lib/line-diff.ts";
import type { RawObject } from "../../model/object-meta.ts";
import { type Fields, isFields } from "../apply/json-diff.ts";
import { LAST_APPLIED } from "../apply/last-applied.ts";
import { formatDocument } from "../document.ts";

/** Lines around a change that are shown, so that people see where they are. */
const CONTEXT = 3;

/** Of an object's metadata only what its author writes. */
const SHOWN_METADATA = ["name", "namespace", "labels", "annotations", "finalizers", "ownerReferences"];

/** "  same", "- removed", "+ added", and "…" for what is left out. Empty when nothing that people write changes. */
export async function objectDiff(before: RawObject, after: RawObject): Promise<readonly string[]> {
  const [shownBefore, shownAfter] =
    before.kind === "Secret" ? hiddenValues(shown(before), shown(after)) : [shown(before), shown(after)];
  const diff = lineDiff(await yamlLines(shownBefore), await yamlLines(shownAfter));
  const changed = diff.flatMap(({ kind }, index) => (kind === "same" ? [] : [index]));
  const isNear = (index: number) => changed.some((each) => Math.abs(each - index) <= CONTEXT);
  const lines: string[] = [];
  let left = false;
  for (const [index, { kind, text }] of diff.entries()) {
    if (changed.length === 0 || !isNear(index)) {
      left = true;
      continue;
    }
    if (left) lines.push("  …");
    left = false;
    lines.push(`${MARKS[kind]} ${text}`);
  }
  return lines;
}

const MARKS = { same: " ", removed: "-", added: "+" } as const;

async function yamlLines(value: unknown): Promise<readonly string[]> {
  return (await formatDocument(value, "yaml")).trimEnd().split("\n");
}

function shown({ metadata, status: _, ...object }: RawObject): Fields {
  const kept = Object.entries(metadata).filter(([name]) => SHOWN_METADATA.includes(name));
  const { annotations, ...meta } = Object.fromEntries(kept) as { annotations?: Fields };
  const { [LAST_APPLIED]: __, ...own } = annotations ?? {};
  return inOrder({ ...object, metadata: { ...meta, ...(Object.keys(own).length > 0 ? { annotations: own } : {}) } });
}

/** What a Secret holds isn't shown; that it changes is. */
function hiddenValues(before: Fields, after: Fields): [Fields, Fields] {
  const old = isFields(before.data) ? before.data : {};
  const hide = (object: Fields, version: string): Fields => {
    if (!isFields(object.data)) return object;
    const entries = Object.entries(object.data).map(([key, value]) => {
      const isOld = version === "old" || old[key] === value;
      return [key, `[redacted, ${Buffer.byteLength(String(value), "base64")} bytes${isOld ? "" : ", another value"}]`];
    });
    return { ...object, data: Object.fromEntries(entries) };
  };
  return [hide(before, "old"), hide(after, "new")];
}

/** As people write objects: what it is, what it is called, and then the rest by name. */
function inOrder({ apiVersion, kind, metadata, ...rest }: Fields): Fields {
  return { apiVersion, kind, metadata: sorted(metadata), ...(sorted(rest) as Fields) };
}

/** The order of fields means nothing, and must not look like a change. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isFields(value)) return value;
  const entries = Object.entries(value).map(([key, field]) => [key, sorted(field)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
