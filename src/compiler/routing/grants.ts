import { query, type Reader } from "../../lib/dataflow/query.ts";
import { RANK } from "./collections.ts";
import { namespaceGroup, readByKey } from "./inputs.ts";

/** A reference that leaves its namespace. */
export interface CrossReference {
  readonly from: { readonly group: string; readonly kind: string; readonly namespace: string };
  readonly to: { readonly group: string; readonly kind: string; readonly namespace: string; readonly name: string };
}

interface Grant {
  readonly from: readonly { readonly group: string; readonly kind: string; readonly namespace: string }[];
  readonly to: readonly { readonly group: string; readonly kind: string; readonly name?: string | undefined }[];
}

const grantsOf = query<readonly Grant[]>("grants", RANK.leaf, (read, namespace) =>
  read
    .group(namespaceGroup("ReferenceGrant", namespace))
    .flatMap((key) => readByKey<"ReferenceGrant">(read, key)?.spec ?? []),
);

/** Whether the reference stays in its namespace or a ReferenceGrant of the target's namespace allows it. */
export function isReferenceAllowed(read: Reader, { from, to }: CrossReference): boolean {
  if (from.namespace === to.namespace) return true;
  return read
    .get(grantsOf, to.namespace)
    .some(
      (grant) =>
        grant.from.some((f) => f.group === from.group && f.kind === from.kind && f.namespace === from.namespace) &&
        grant.to.some(
          (t) => t.group === to.group && t.kind === to.kind && (t.name === undefined || t.name === to.name),
        ),
    );
}
