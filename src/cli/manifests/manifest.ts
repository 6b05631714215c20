/** An object as its author wrote it, and where. */
import type { FieldPath } from "../../model/mistake.ts";
import { formatPath } from "../../model/mistake.ts";
import type { RawObject } from "../../model/object-meta.ts";
import type { Problem, SourcePosition } from "../../model/problem.ts";
import { type TextEntry, textEntries } from "../../model/text-entries.ts";
import { cliProblem } from "../terminal.ts";

export interface Manifest {
  /** Has apiVersion, kind and metadata.name; all else is unchecked. */
  readonly object: RawObject;
  readonly locate: (path: FieldPath, wantKey?: boolean) => SourcePosition;
}

export interface Manifests {
  readonly manifests: readonly Manifest[];
  readonly problems: readonly Problem[];
}

/** @param file for positions */
export function readManifestText(text: string, file: string): Manifests {
  const manifests: Manifest[] = [];
  const problems: Problem[] = [];
  for (const entry of textEntries(text, file)) {
    if ("mistake" in entry) {
      const { mistake, position } = entry;
      const { code, message, hint } = mistake;
      problems.push({ code, severity: "error", message, path: "", position, ...(hint !== undefined && { hint }) });
    } else {
      const problem = incomplete(entry);
      if (problem) problems.push(problem);
      else manifests.push({ object: entry.value as unknown as RawObject, locate: entry.locate });
    }
  }
  return { manifests, problems };
}

const NEEDED: readonly FieldPath[] = [["apiVersion"], ["kind"], ["metadata"], ["metadata", "name"]];

function incomplete({ value, locate }: TextEntry): Problem | undefined {
  const { metadata } = value;
  const meta = typeof metadata === "object" && metadata !== null ? (metadata as Record<string, unknown>) : {};
  const isSet = (path: FieldPath): boolean => {
    const [first, second] = path;
    if (second === "name") return typeof meta.name === "string" && meta.name !== "";
    if (first === "metadata") return meta === metadata;
    return typeof value[String(first)] === "string" && value[String(first)] !== "";
  };
  const missing = NEEDED.find((path) => !isSet(path));
  if (missing === undefined && (meta.namespace === undefined || typeof meta.namespace === "string")) return undefined;
  const path = missing ?? ["metadata", "namespace"];
  const message =
    missing && meta.generateName !== undefined
      ? "an object with generateName can only be made anew each time, so it needs a name here"
      : missing
        ? `${formatPath(path)} is missing, or no text`
        : "metadata.namespace is no text";
  return { ...cliProblem("LB6221", message), path: formatPath(path), position: locate(path) };
}
