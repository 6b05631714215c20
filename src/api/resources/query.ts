/** The query parameters of reads and writes (Kubernetes: ListOptions, CreateOptions, DeleteOptions). */
import { isFields } from "../../model/object-reader.ts";
import { badRequest } from "../status/failures.ts";
import type { Failure, WriteQuery } from "./api-request.ts";
import type { Preconditions, Propagation } from "./object-writer.ts";

const VALIDATIONS = ["Strict", "Warn", "Ignore"] as const;
const PROPAGATIONS = ["Background", "Foreground", "Orphan"] as const;

export function writeQuery(query: URLSearchParams): WriteQuery | Failure {
  const validation = query.get("fieldValidation") || "Warn";
  const known = VALIDATIONS.find((each) => each === validation);
  if (!known) return { failure: badRequest(unsupported("fieldValidation", validation, VALIDATIONS)) };
  const dryRun = query.getAll("dryRun");
  const odd = dryRun.find((each) => each !== "All");
  if (odd !== undefined) return { failure: badRequest(unsupported("dryRun", odd, ["All"])) };
  return { validation: known, dryRun: dryRun.length > 0 };
}

export interface DeleteQuery {
  readonly preconditions: Preconditions;
  readonly propagation: Propagation;
  readonly dryRun: boolean;
}

/** From the query and the DeleteOptions in the body, which win. */
export function deleteQuery(query: URLSearchParams, body: unknown): DeleteQuery | Failure {
  const options = isFields(body) ? body : {};
  if (body !== undefined && (options.kind ?? "DeleteOptions") !== "DeleteOptions")
    return { failure: badRequest("the body of a DELETE is DeleteOptions, or nothing") };
  const write = writeQuery(query);
  if ("failure" in write) return write;
  const { preconditions } = options;
  const propagation = options.propagationPolicy ?? query.get("propagationPolicy") ?? "Background";
  const known = PROPAGATIONS.find((each) => each === propagation);
  if (!known) return { failure: badRequest(unsupported("propagationPolicy", propagation, PROPAGATIONS)) };
  const conditions = isFields(preconditions) ? preconditions : {};
  return {
    propagation: options.orphanDependents === true ? "Orphan" : known,
    dryRun: write.dryRun || (Array.isArray(options.dryRun) && options.dryRun.includes("All")),
    preconditions: { uid: textOf(conditions.uid), resourceVersion: textOf(conditions.resourceVersion) },
  };
}

/** A whole number of at least 0; absent and empty are 0. */
export function wholeNumber(query: URLSearchParams, name: string): number | Failure {
  const text = query.get(name) ?? "";
  if (text === "") return 0;
  return /^\d{1,15}$/.test(text)
    ? Number(text)
    : { failure: badRequest(`${name}: Invalid value: ${JSON.stringify(text.slice(0, 40))}: it isn't a whole number`) };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function unsupported(name: string, value: unknown, known: readonly string[]): string {
  const listed = known.map((each) => JSON.stringify(each)).join(", ");
  return `${name}: Unsupported value: ${JSON.stringify(String(value).slice(0, 40))}: supported values: ${listed}`;
}
