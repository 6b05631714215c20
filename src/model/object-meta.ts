/** Objects as the API carries them: plain JSON, with the whole of Kubernetes' ObjectMeta. */
import type { NameRule } from "./kind-definition.ts";
import { checkLabelKey } from "./labels.ts";
import { metadataSchema } from "./metadata-schema.ts";
import type { Finding } from "./mistake.ts";
import { checkNamePrefix } from "./object-name.ts";
import { schemaFindings } from "./schema-findings.ts";

/** metav1.ObjectMeta. Fields that are absent and fields that are empty mean the same. */
export interface RawMeta {
  /** Missing in an object that is to be made with `generateName`, and nowhere else. */
  readonly name: string;
  readonly generateName?: string | undefined;
  readonly namespace?: string | undefined;
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly generation?: number | undefined;
  /** RFC 3339, as the other times. */
  readonly creationTimestamp?: string | undefined;
  readonly deletionTimestamp?: string | undefined;
  readonly deletionGracePeriodSeconds?: number | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly finalizers?: readonly string[] | undefined;
  readonly ownerReferences?: readonly OwnerReference[] | undefined;
  readonly managedFields?: readonly Readonly<Record<string, unknown>>[] | undefined;
  readonly selfLink?: string | undefined;
}

/** metav1.OwnerReference. The owner is of the same namespace, or of a kind that has none. */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean | undefined;
  readonly blockOwnerDeletion?: boolean | undefined;
}

/** An object of any kind, as it is stored and sent. */
export interface RawObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: RawMeta;
  readonly status?: unknown;
  readonly [field: string]: unknown;
}

/** Finalizers of Kubernetes itself, which say what becomes of dependents; all others are qualified names. */
export const ORPHAN_FINALIZER = "orphan";
export const FOREGROUND_FINALIZER = "foregroundDeletion";

/** The fields that only the API makes use of; the others are checked by whoever reads the object (metadata-reader.ts). */
const apiFields = metadataSchema
  .pick({
    generateName: true,
    finalizers: true,
    ownerReferences: true,
    managedFields: true,
    deletionTimestamp: true,
    deletionGracePeriodSeconds: true,
    selfLink: true,
  })
  .strip();

/**
 * Checks generateName, finalizers and ownerReferences as ValidateObjectMeta of Kubernetes does, and the types of all
 * that readMetadata drops. `metadata` is any JSON value without nulls. Fields that aren't known are left to readMetadata.
 */
export function checkRawMeta(metadata: unknown, nameRule: NameRule = "pathSegment"): Finding[] {
  const parsed = apiFields.safeParse(metadata);
  if (!parsed.success) {
    const findings = schemaFindings(parsed.error.issues, apiFields, metadata, ["metadata"], true);
    return findings.filter(({ code }) => code !== "LB1101");
  }
  const { generateName, finalizers = [], ownerReferences = [] } = parsed.data;
  return [
    ...checkGenerateName(generateName, nameRule),
    ...checkFinalizers(finalizers),
    ...checkOwners(ownerReferences),
  ];
}

function checkGenerateName(generateName: string | undefined, nameRule: NameRule): Finding[] {
  const mistake = generateName ? checkNamePrefix(generateName, nameRule) : undefined;
  return mistake ? [{ ...mistake, path: ["metadata", "generateName"] }] : [];
}

function checkFinalizers(finalizers: readonly string[]): Finding[] {
  const path = ["metadata", "finalizers"];
  const findings = finalizers.flatMap((finalizer, index): Finding[] => {
    const mistake = checkLabelKey(finalizer);
    return mistake ? [{ ...mistake, path: [...path, index] }] : [];
  });
  if (finalizers.includes(ORPHAN_FINALIZER) && finalizers.includes(FOREGROUND_FINALIZER)) {
    findings.push({
      code: "LB1382",
      message: `${ORPHAN_FINALIZER} and ${FOREGROUND_FINALIZER} exclude each other`,
      hint: "Keep one of the two.",
      path,
    });
  }
  return findings;
}

function checkOwners(owners: readonly OwnerReference[]): Finding[] {
  const path = ["metadata", "ownerReferences"];
  const [first, ...others] = owners.flatMap(({ controller }, index) => (controller ? [index] : []));
  const extra = others.map(
    (index): Finding => ({
      code: "LB1380",
      message: `the owner number ${(first ?? 0) + 1} is the controller already`,
      hint: "An object has at most one; leave controller out here.",
      path: [...path, index, "controller"],
    }),
  );
  const events = owners.flatMap(({ apiVersion, kind }, index): Finding[] =>
    apiVersion === "v1" && kind === "Event"
      ? [
          {
            code: "LB1381",
            message: "an Event can't be an owner",
            hint: "Refer to another object, or take the reference out.",
            path: [...path, index],
          },
        ]
      : [],
  );
  return [...extra, ...events];
}
