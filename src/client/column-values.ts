/** What single columns say of an object as it comes over the wire. Fields may be missing, and of any shape. */
import { age, humanDuration } from "../lib/age.ts";
import { at, type Field, list, text } from "../lib/fields.ts";
import { formatPercent } from "../lib/percent.ts";

/** What kubectl writes where a list has no entries. */
export const NONE = "<none>";

/** As kubectl writes it: whole numbers as numbers, anything else as text. */
export function integerOrText(value: Field): number | string {
  return Number.isSafeInteger(value) ? (value as number) : text(value);
}

export function joined(value: Field, describe: (item: Field) => string = text): string {
  return list(value).map(describe).join(",");
}

/** Of an object, or over all parents of a route: False if any is, True if all are. */
export function conditionStatus(object: Field, type: string): string {
  const parents = at(object, "status", "parents");
  const groups = Array.isArray(parents)
    ? parents.map((parent) => at(parent, "conditions"))
    : [at(object, "status", "conditions")];
  const found = groups.map((conditions) =>
    text(
      at(
        list(conditions).find((c) => at(c, "type") === type),
        "status",
      ),
    ),
  );
  if (found.includes("False")) return "False";
  return found.length > 0 && found.every((status) => status === "True") ? "True" : "Unknown";
}

/** "vm 90%, k8s 10%"; a single backend needs no split. */
export function splitText(object: Field): string {
  const split = list(at(object, "spec", "split"));
  const [only, ...others] = list(at(object, "spec", "backends"));
  if (split.length === 0 && only !== undefined && others.length === 0) return `${text(at(only, "name"))} 100%`;
  const total = split.reduce<number>((sum, entry) => sum + weightOf(entry), 0);
  const percent = (entry: Field) => (total === 0 ? 0 : (weightOf(entry) / total) * 100);
  return split.map((entry) => `${text(at(entry, "backend"))} ${formatPercent(percent(entry))}`).join(", ");
}

function weightOf(entry: Field): number {
  const weight = at(entry, "weight");
  return typeof weight === "number" ? weight : 0;
}

/** "http:8080/HTTP" */
export function listenerText(listener: Field): string {
  return `${text(at(listener, "name"))}:${text(at(listener, "port"))}/${text(at(listener, "protocol"))}`;
}

/** "80/TCP", "80:30080/TCP" */
export function servicePortText(port: Field): string {
  const node = text(at(port, "nodePort"));
  return `${text(at(port, "port"))}${node === "" ? "" : `:${node}`}/${text(at(port, "protocol")) || "TCP"}`;
}

/** "vm@datacenter" */
export function backendText(backend: Field): string {
  return `${text(at(backend, "name"))}@${text(at(backend, "platform"))}`;
}

/** As kubectl does: three, then how many more. */
export function abridged(items: readonly string[]): string {
  const more = items.length - 3;
  return more > 0 ? `${items.slice(0, 3).join(",")} + ${more} more...` : items.join(",") || NONE;
}

/** "app=shop,tier=front" */
export function mapText(value: Field): string {
  if (typeof value !== "object" || value === null) return NONE;
  const pairs = Object.entries(value).map(([key, item]) => `${key}=${text(item)}`);
  return pairs.sort().join(",") || NONE;
}

export function entryCount(value: Field): number {
  return typeof value === "object" && value !== null ? Object.keys(value).length : 0;
}

/** Of a RoleBinding's subjects those of one kind; service accounts as namespace/name. */
export function subjectsText(object: Field, kind: string): string {
  const subjects = list(at(object, "subjects")).filter((subject) => at(subject, "kind") === kind);
  const name = (subject: Field) =>
    kind === "ServiceAccount"
      ? `${text(at(subject, "namespace"))}/${text(at(subject, "name"))}`
      : text(at(subject, "name"));
  return subjects.map(name).join(", ");
}

export function ageOf(value: Field, now: Date): string {
  return age(typeof value === "string" ? value : undefined, now);
}

/** "in 29d", "3h ago"; "never" without a time. */
export function expiryText(value: Field, now: Date): string {
  if (value === undefined || value === null) return "never";
  const end = typeof value === "string" ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(end)) return "<unknown>";
  const seconds = (end - now.getTime()) / 1000;
  return seconds > 0 ? `in ${humanDuration(Math.floor(seconds))}` : `${humanDuration(Math.floor(-seconds))} ago`;
}

/** What an Event is about: "httproute/front". */
export function involvedObjectText(event: Field): string {
  const kind = text(at(event, "involvedObject", "kind")).toLowerCase();
  const name = text(at(event, "involvedObject", "name"));
  return name === "" ? kind : `${kind}/${name}`;
}

/** "landbridge, edge-0": the part that reports, and which of its instances. */
export function eventSourceText(event: Field): string {
  const component = text(at(event, "source", "component")) || text(at(event, "reportingComponent"));
  const instance = text(at(event, "source", "host")) || text(at(event, "reportingInstance"));
  return instance === "" ? component : `${component}, ${instance}`;
}

/** An Event that happened once has only eventTime; one of a series has its last time there. */
export function firstSeen(event: Field): Field {
  return at(event, "firstTimestamp") ?? at(event, "eventTime");
}

export function lastSeen(event: Field): Field {
  return at(event, "series", "lastObservedTime") ?? at(event, "lastTimestamp") ?? firstSeen(event);
}

export function eventCount(event: Field): string {
  return text(at(event, "series", "count") ?? at(event, "count")) || "1";
}
