/** From a request's body to an object that may be stored, or to what is wrong with it. */

import { apiVersionOf, type KindDefinition } from "../../model/kind-definition.ts";
import type { AnyResource } from "../../model/kinds.ts";
import type { FieldPath, Finding } from "../../model/mistake.ts";
import { formatPath } from "../../model/mistake.ts";
import { checkRawMeta, type RawObject } from "../../model/object-meta.ts";
import { isFields, readObject } from "../../model/object-reader.ts";
import { badRequest, requestEntityTooLarge } from "../status/failures.ts";
import { invalid } from "../status/invalid.ts";
import type { Status } from "../status/status.ts";
import { hasMoreValues } from "./object-size.ts";

/** What to do with fields that the kind doesn't have (Kubernetes' query parameter fieldValidation). */
export type FieldValidation = "Strict" | "Warn" | "Ignore";

export interface Place {
  readonly definition: KindDefinition;
  readonly version: string;
  /** "" for kinds without. */
  readonly namespace: string;
  /** Undefined when the object's own metadata says it. */
  readonly name: string | undefined;
}

export interface Admitted {
  /** As written, less what means nothing; in the first version of its kind. */
  readonly object: RawObject;
  readonly resource: AnyResource;
  /** For the client, as Warning headers. */
  readonly warnings: readonly string[];
}

/** The findings of one reading are bounded, so unknown fields come in portions; and each reading takes its time. */
const MAX_READINGS = 6;

/** A large EndpointSlice has 20,000. More take so long to read that all others would have to wait. */
const MAX_VALUES = 30_000;

/** `value` is any JSON value. */
export function admit(
  value: unknown,
  place: Place,
  validation: FieldValidation,
): { readonly admitted: Admitted } | { readonly failure: Status } {
  const { definition, version } = place;
  if (!isFields(value)) return { failure: badRequest("the body isn't an object") };
  if (hasMoreValues(value, MAX_VALUES))
    return { failure: requestEntityTooLarge(`limit is ${MAX_VALUES} fields and list entries in an object`) };
  const mismatch = placeMismatch(value, place);
  if (mismatch) return { failure: badRequest(mismatch) };
  const object = withoutNulls(value) as unknown as RawObject;
  const { namespace: _, ...metadata } = object.metadata;
  let current = {
    ...object,
    apiVersion: apiVersionOf(definition),
    metadata: { ...metadata, ...(place.namespace === "" ? {} : { namespace: place.namespace }) },
  } as RawObject;
  const name = current.metadata.name ?? "";
  const metaFindings = checkRawMeta(current.metadata, definition.nameRule);
  if (metaFindings.some(isError)) return { failure: invalid(definition, name, metaFindings.filter(isError)) };
  const unknown: string[] = [];
  for (let reading = 0; reading < MAX_READINGS; reading++) {
    const { resource, findings } = readObject(current as unknown as Record<string, unknown>);
    const stray = findings.filter(({ code }) => code === "LB1101");
    if (stray.length === 0) {
      if (!resource) return { failure: invalid(definition, name, findings.filter(isError)) };
      if (unknown.length > 0 && validation === "Strict")
        return { failure: strictFailure(definition, version, unknown) };
      const warnings = validation === "Warn" ? unknown : [];
      return { admitted: { object: current, resource, warnings: [...warnings, ...findings.map(warningText)] } };
    }
    unknown.push(...stray.map(({ path }) => `unknown field ${JSON.stringify(formatPath(path))}`));
    current = without(
      current,
      stray.map(({ path }) => path),
    ) as RawObject;
  }
  return { failure: strictFailure(definition, version, unknown) };
}

function placeMismatch(value: Readonly<Record<string, unknown>>, place: Place): string | undefined {
  const { definition, version, namespace, name } = place;
  const expected = apiVersionOf(definition, version);
  const { apiVersion, kind, metadata } = value;
  if (kind !== definition.kind || apiVersion !== expected)
    return `the object is ${JSON.stringify(`${String(apiVersion)} ${String(kind)}`.slice(0, 100))}, and ${expected} ${definition.kind} belongs here`;
  if (!isFields(metadata)) return "the object has no metadata";
  if (typeof metadata.namespace === "string" && metadata.namespace !== "" && metadata.namespace !== namespace)
    return `the namespace of the provided object does not match the namespace sent on the request: ${JSON.stringify(metadata.namespace.slice(0, 80))} and ${JSON.stringify(namespace)}`;
  if (name !== undefined && metadata.name !== undefined && metadata.name !== name)
    return `the name of the object (${String(metadata.name).slice(0, 80)}) does not match the name on the URL (${name})`;
  return undefined;
}

/** Worded as kubectl recognises it. */
function strictFailure(definition: KindDefinition, version: string, unknown: readonly string[]): Status {
  return badRequest(
    `${definition.kind} in version ${JSON.stringify(version)} cannot be handled as a ${definition.kind}: strict decoding error: ${unknown.join(", ")}`,
  );
}

function isError({ severity = "error" }: Finding): boolean {
  return severity === "error";
}

function warningText({ path, message, code }: Finding): string {
  return `${formatPath(path)}: ${message} (${code})`;
}

/** A field that is null is a field that isn't there ("API Conventions", optional and nullable). */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isFields(value)) return value;
  const entries = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(entries.map(([key, field]) => [key, withoutNulls(field)]));
}

/** A copy without the fields at these paths. */
function without(value: unknown, paths: readonly FieldPath[]): unknown {
  const here = new Set(paths.filter(({ length }) => length === 1).map(([part]) => part));
  const deeper = Map.groupBy(
    paths.filter(({ length }) => length > 1),
    ([part]) => part,
  );
  const next = (part: string | number, field: unknown) => {
    const below = deeper.get(part);
    return below
      ? without(
          field,
          below.map((path) => path.slice(1)),
        )
      : field;
  };
  if (Array.isArray(value)) return value.map((field, index) => next(index, field));
  if (!isFields(value)) return value;
  const kept = Object.entries(value).filter(([key]) => !here.has(key));
  return Object.fromEntries(kept.map(([key, field]) => [key, next(key, field)]));
}
