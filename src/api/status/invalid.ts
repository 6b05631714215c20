/** Findings about an object's fields as the Status that kubectl prints line by line. */
import { type Finding, formatPath } from "../../model/mistake.ts";
import { CAUSE_TITLES, causeTypeOf } from "./cause-types.ts";
import { failure, type Status, type StatusCause } from "./status.ts";

/** Of the object that is refused. */
export interface KindName {
  /** "" for core kinds. */
  readonly group: string;
  /** "HybridService" */
  readonly kind: string;
}

/** Who sends nonsense isn't sent more of it back. */
const MAX_CAUSES = 100;

/** Warnings among the findings are left out: they refuse nothing. */
export function invalid({ group, kind }: KindName, name: string, findings: readonly Finding[]): Status {
  const errors = findings.filter(({ severity }) => severity !== "warning");
  const causes = errors.slice(0, MAX_CAUSES).map(causeOf);
  const qualified = group === "" ? kind : `${kind}.${group}`;
  const message = `${qualified} ${JSON.stringify(name.slice(0, 253))} is invalid`;
  const lines = [...new Set(causes.map(({ field, message: text }) => (field ? `${field}: ${text}` : text)))];
  if (errors.length > MAX_CAUSES) lines.push(`and ${errors.length - MAX_CAUSES} more`);
  const listed = lines.length > 1 ? `[${lines.join(", ")}]` : lines.join();
  return failure("Invalid", listed === "" ? message : `${message}: ${listed}`, { name, group, kind, causes });
}

/** "Invalid value: -1 is out of range: at least 0 is allowed (LB1105). Use a number that is at least 0." */
export function causeOf(finding: Finding): StatusCause {
  const reason = causeTypeOf(finding);
  const { code, message, hint } = finding;
  const sentence = `${CAUSE_TITLES[reason]}: ${message} (${code})`;
  const field = formatPath(finding.path);
  return { reason, message: hint ? `${sentence}. ${hint}` : sentence, ...(field !== "" && { field }) };
}
