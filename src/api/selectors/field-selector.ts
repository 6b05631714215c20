/** Which objects a field selector chooses. Only some fields can be asked for, by kind, as in Kubernetes. */
import { at, text } from "../../lib/fields.ts";
import type { Refusal } from "../status/status.ts";
import { exactFieldValue, type FieldTerm, parseFieldTerms } from "./field-terms.ts";

/** What a selector looks at: enough of an object to decide most cases without reading its body. */
export interface FieldTarget {
  readonly name: string;
  /** "" for kinds that have none. */
  readonly namespace: string;
  /** The object as the API has it; asked for only when a field of its body is selected. */
  body(): unknown;
}

export interface FieldSelector {
  readonly terms: readonly FieldTerm[];
  matches(target: FieldTarget): boolean;
  /** The value that the field has to have, when only one will do. */
  exact(field: string): string | undefined;
}

type FieldValue = (target: FieldTarget) => string;

const METADATA: ReadonlyMap<string, FieldValue> = new Map<string, FieldValue>([
  ["metadata.name", ({ name }) => name],
  ["metadata.namespace", ({ namespace }) => namespace],
]);

/** Besides those of metadata (Kubernetes: conversions of core/v1, strategies of the registry). */
const BY_KIND: ReadonlyMap<string, ReadonlyMap<string, FieldValue>> = new Map([
  [
    "Event",
    new Map<string, FieldValue>([
      ...["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"].map(
        (field) => [`involvedObject.${field}`, inBody("involvedObject", field)] as const,
      ),
      ["reason", inBody("reason")],
      ["type", inBody("type")],
      ["reportingComponent", inBody("reportingComponent")],
      ["source", (target) => inBody("source", "component")(target) || inBody("reportingComponent")(target)],
    ]),
  ],
  ["Secret", new Map<string, FieldValue>([["type", (target) => inBody("type")(target) || "Opaque"]])],
  ["Namespace", new Map<string, FieldValue>([["status.phase", namespacePhase]])],
  [
    "Service",
    new Map<string, FieldValue>([
      ["spec.clusterIP", inBody("spec", "clusterIP")],
      ["spec.type", (target) => inBody("spec", "type")(target) || "ClusterIP"],
    ]),
  ],
]);

/** @param kind as in "HTTPRoute" */
export function parseFieldSelector(
  selector: string,
  kind: string,
): { readonly selector: FieldSelector } | { readonly problem: Refusal } {
  const parsed = parseFieldTerms(selector);
  if ("problem" in parsed) return parsed;
  const { terms } = parsed;
  const tests: ((target: FieldTarget) => boolean)[] = [];
  for (const { field, isNegated, value } of terms) {
    const fieldValue = METADATA.get(field) ?? BY_KIND.get(kind)?.get(field);
    if (!fieldValue) return { problem: notSupported(field, kind) };
    tests.push((target) => (fieldValue(target) === value) !== isNegated);
  }
  const [first, ...others] = tests;
  const matches =
    first && others.length === 0 ? first : (target: FieldTarget) => tests.every((isMatch) => isMatch(target));
  return { selector: { terms, matches, exact: (field) => exactFieldValue(terms, field) } };
}

function notSupported(field: string, kind: string): Refusal {
  const known = [...METADATA.keys(), ...(BY_KIND.get(kind)?.keys() ?? [])].join(", ");
  const name = field.length > 80 ? `${field.slice(0, 77)}...` : field;
  return { reason: "BadRequest", message: `field label not supported: ${name}; those of ${kind} are ${known}` };
}

function inBody(...path: readonly string[]): FieldValue {
  return (target) => text(at(target.body(), ...path));
}

function namespacePhase(target: FieldTarget): string {
  const body = target.body();
  if (at(body, "metadata", "deletionTimestamp") !== undefined) return "Terminating";
  return text(at(body, "status", "phase")) || "Active";
}
