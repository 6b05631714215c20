/** Fields that can't be changed once they are there, as Kubernetes has it. */
import { equal } from "../../lib/equal.ts";
import type { Finding } from "../../model/mistake.ts";
import type { RawObject } from "../../model/object-meta.ts";

interface ImmutableField {
  readonly kind: string;
  readonly field: string;
  /** Only if this holds of the object as it was. */
  readonly when?: (before: RawObject) => boolean;
  readonly wayOut: string;
}

const NEW_ONE = "Delete the object and make a new one.";

const IMMUTABLE: readonly ImmutableField[] = [
  { kind: "RoleBinding", field: "roleRef", wayOut: NEW_ONE },
  { kind: "ClusterRoleBinding", field: "roleRef", wayOut: NEW_ONE },
  { kind: "Secret", field: "type", wayOut: NEW_ONE },
  { kind: "Secret", field: "data", when: (before) => before.immutable === true, wayOut: NEW_ONE },
  { kind: "Secret", field: "immutable", when: (before) => before.immutable === true, wayOut: NEW_ONE },
  { kind: "EndpointSlice", field: "addressType", wayOut: NEW_ONE },
];

/** Kubernetes' default where a Secret has no type. */
const DEFAULTS: Readonly<Record<string, unknown>> = { type: "Opaque" };

export function immutableFindings(before: RawObject, after: RawObject): Finding[] {
  const findings = IMMUTABLE.filter(({ kind, field, when }) => {
    const applies = kind === before.kind && (when === undefined || when(before));
    return applies && !equal(before[field] ?? DEFAULTS[field], after[field] ?? DEFAULTS[field]);
  }).map(
    ({ field, wayOut }): Finding => ({
      code: "LB1383",
      message: "the field is immutable",
      hint: wayOut,
      path: [field],
    }),
  );
  const stays = new Set(before.metadata.finalizers ?? []);
  const isDying = before.metadata.deletionTimestamp !== undefined;
  const added = isDying ? (after.metadata.finalizers ?? []).filter((finalizer) => !stays.has(finalizer)) : [];
  return [
    ...findings,
    ...added.map(
      (finalizer): Finding => ({
        code: "LB1384",
        message: `no new finalizers can be added if the object is being deleted, found ${JSON.stringify(finalizer)}`,
        hint: "Take it out.",
        path: ["metadata", "finalizers"],
      }),
    ),
  ];
}
