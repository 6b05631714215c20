/** Resources as YAML, the same way each time. */
import { stringify } from "yaml";
import { redact } from "../lib/redact.ts";
import type { AnyResource } from "./kinds.ts";

export interface PrintOptions {
  /** Leave the names and sizes of a Secret's entries only. */
  readonly redactSecrets?: boolean;
}

/** What comes first in any map that has it; the rest keeps the order of the kind's schema. */
const FIRST = ["apiVersion", "kind", "metadata", "name", "namespace", "type"];

/** One document in YAML 1.2 that readers of 1.1 understand alike, which `parse` reads back as the same resource (unless secrets are redacted). */
export function printResource(resource: AnyResource, options: PrintOptions = {}): string {
  return stringify(printable(resource, options), {
    lineWidth: 0,
    aliasDuplicateObjects: false,
    version: "1.2",
    compat: "yaml-1.1",
  });
}

/** The plain value that is printed, for JSON or for printing with a status. */
export function printable(
  resource: AnyResource,
  { redactSecrets = false }: PrintOptions = {},
): Record<string, unknown> {
  const shown = redactSecrets && resource.kind === "Secret" ? redact(resource) : resource;
  return ordered(shown) as Record<string, unknown>;
}

/** Maps that mean the same empty and absent. Others, such as `sourceAddress: {}`, say something by being there. */
const DROPPED_WHEN_EMPTY: ReadonlySet<string> = new Set([
  "labels",
  "annotations",
  "data",
  "stringData",
  "options",
  "matchLabels",
  "conditions",
  "selector",
]);

/** Without what the API wouldn't store either: absent fields, empty lists and maps, and the namespace of what has none. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([key, field]) => isStored(key, field));
  return Object.fromEntries(entries.sort(([a], [b]) => rank(a) - rank(b)).map(([key, field]) => [key, ordered(field)]));
}

function isStored(key: string, field: unknown): boolean {
  if (field === undefined || (key === "namespace" && field === "")) return false;
  if (Array.isArray(field)) return field.length > 0;
  return !(
    DROPPED_WHEN_EMPTY.has(key) &&
    typeof field === "object" &&
    field !== null &&
    Object.keys(field).length === 0
  );
}

function rank(key: string): number {
  const index = FIRST.indexOf(key);
  return index < 0 ? FIRST.length : index;
}
