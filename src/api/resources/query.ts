/** The query parameters of reads and writes (Kubernetes: ListOptions, CreateOptions, DeleteOptions). */
import * as z from "zod";
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

/** What is read of metav1.DeleteOptions. What is of the wrong type is refused: a dry run must not become a deletion. */
const deleteOptions = z.looseObject({
  kind: z.literal("DeleteOptions").optional(),
  dryRun: z.array(z.literal("All")).nullish(),
  propagationPolicy: z.enum(PROPAGATIONS).nullish(),
  orphanDependents: z.boolean().nullish(),
  gracePeriodSeconds: z.int().nullish(),
  preconditions: z.looseObject({ uid: z.string().nullish(), resourceVersion: z.string().nullish() }).nullish(),
});

/** From the query and the DeleteOptions in the body, which win. */
export function deleteQuery(query: URLSearchParams, body: unknown): DeleteQuery | Failure {
  const read = deleteOptions.safeParse(body ?? {});
  if (!read.success)
    return { failure: badRequest(`the body of a DELETE is DeleteOptions, or nothing: ${z.prettifyError(read.error)}`) };
  const { dryRun, propagationPolicy, orphanDependents, preconditions } = read.data;
  const write = writeQuery(query);
  if ("failure" in write) return write;
  const propagation = propagationPolicy ?? query.get("propagationPolicy") ?? "Background";
  const known = PROPAGATIONS.find((each) => each === propagation);
  if (!known) return { failure: badRequest(unsupported("propagationPolicy", propagation, PROPAGATIONS)) };
  return {
    propagation: orphanDependents ? "Orphan" : known,
    dryRun: write.dryRun || (dryRun ?? []).length > 0,
    preconditions: {
      uid: preconditions?.uid ?? undefined,
      resourceVersion: preconditions?.resourceVersion ?? undefined,
    },
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

function unsupported(name: string, value: unknown, known: readonly string[]): string {
  const listed = known.map((each) => JSON.stringify(each)).join(", ");
  return `${name}: Unsupported value: ${JSON.stringify(String(value).slice(0, 40))}: supported values: ${listed}`;
}
