/** What an entry of the audit journal says, for people. The fields are those of api/audit/audit-trail.ts. */
import { at, text } from "../lib/fields.ts";
import type { JournalEntry, JournalNote } from "../storage/store.ts";

/** What entries are asked for. */
export interface AuditQuery {
  /** Epoch milliseconds. */
  readonly since?: number | undefined;
  readonly user?: string | undefined;
  readonly object?: AuditedObject | undefined;
}

export interface AuditedObject {
  readonly kind: string;
  /** The plural. */
  readonly resource: string;
  /** "" for kinds without. */
  readonly namespace: string;
  readonly name: string;
}

export const AUDIT_TITLES = ["TIME", "USER", "VERB", "OBJECT", "FROM", "OUTCOME"];

export function matches({ time, note }: JournalEntry, { since, user, object }: AuditQuery): boolean {
  if (since !== undefined && Date.parse(time) < since) return false;
  if (user !== undefined && note.user !== user) return false;
  return object === undefined || isAbout(note, object);
}

export function isAbout(note: JournalNote, { kind, resource, namespace, name }: AuditedObject): boolean {
  const isOfKind = kindOf(note) === kind || note.resource === resource;
  return isOfKind && text(note.name) === name && text(note.namespace) === namespace;
}

export function auditRow({ time, note }: JournalEntry): string[] {
  const from = text(note.from);
  return [
    `${time.slice(0, 19)}Z`,
    text(note.user) || "<unknown>",
    text(note.verb) || "-",
    objectText(note),
    from === "" ? "-" : from,
    outcomeText(note),
  ];
}

/** "HTTPRoute/shop/front", "/landbridge/v1/backup" */
function objectText(note: JournalNote): string {
  if (note.path !== undefined) return text(note.path);
  const kind = kindOf(note) || text(note.resource);
  const subresource = note.subresource === undefined ? "" : ` (${text(note.subresource)})`;
  return kind === "" ? "-" : `${kind}/${text(note.namespace)}/${text(note.name)}${subresource}`;
}

function outcomeText(note: JournalNote): string {
  switch (note.type) {
    case "write":
      return "done";
    case "refused": {
      const more = text(note.notWrittenBefore);
      return `refused: ${text(note.reason)}${more === "" ? "" : ` (and ${more} before it, only counted)`}`;
    }
    case "decision":
      return [text(note.what), ...DETAILS.flatMap((name) => detail(name, note[name]))].join(", ");
    default:
      return text(note.type);
  }
}

/** What decisions say besides. */
const DETAILS = ["for", "until"] as const;

function detail(name: string, value: unknown): string[] {
  return value === undefined ? [] : [`${name} ${text(value)}`];
}

function kindOf(note: JournalNote): string {
  return text(at(note.after, "kind")) || text(at(note.before, "kind"));
}
