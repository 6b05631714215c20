import type { KindDefinition } from "./kind-definition.ts";
import { checkLabelKey, checkLabelValue } from "./labels.ts";
import type { ObjectMeta } from "./metadata.ts";
import { metadataSchema } from "./metadata-schema.ts";
import type { Finding } from "./mistake.ts";
import { checkObjectName } from "./object-name.ts";
import { schemaFindings } from "./schema-findings.ts";
import { checkTimestamp } from "./timestamp.ts";

const DEFAULT_NAMESPACE = "default";
const PATH = ["metadata"];
/** Kubernetes bounds all annotations of an object together. */
const MAX_ANNOTATION_CHARACTERS = 256 * 1024;

export interface ReadMetadata {
  readonly metadata?: ObjectMeta;
  readonly findings: readonly Finding[];
}

/** Checks an object's metadata by the rules of its kind; what Landbridge has no use for is dropped. */
export function readMetadata(value: unknown, definition: KindDefinition): ReadMetadata {
  const parsed = metadataSchema.safeParse(value);
  if (!parsed.success) return { findings: schemaFindings(parsed.error.issues, metadataSchema, value, PATH, true) };
  const { name, namespace, labels, annotations, creationTimestamp, generation, uid, resourceVersion } = parsed.data;
  const findings = [
    ...checkName(name, definition),
    ...checkNamespace(namespace, definition),
    ...checkLabels(labels),
    ...checkAnnotations(annotations),
    ...checkCreationTimestamp(creationTimestamp),
  ];
  if (findings.length > 0) return { findings };
  const metadata: ObjectMeta = {
    name,
    namespace: definition.namespaced ? (namespace ?? DEFAULT_NAMESPACE) : "",
    labels,
    annotations,
    ...(creationTimestamp !== undefined && { creationTimestamp }),
    ...(generation !== undefined && { generation }),
    ...(uid !== undefined && { uid }),
    ...(resourceVersion !== undefined && { resourceVersion }),
  };
  return { metadata, findings };
}

function checkName(name: string, definition: KindDefinition): Finding[] {
  const mistake = checkObjectName(name, definition.nameRule);
  return mistake ? [{ ...mistake, path: [...PATH, "name"] }] : [];
}

function checkNamespace(namespace: string | undefined, definition: KindDefinition): Finding[] {
  if (namespace === undefined) return [];
  const path = [...PATH, "namespace"];
  if (!definition.namespaced) {
    return namespace === ""
      ? []
      : [
          {
            code: "LB1202",
            message: `a ${definition.kind} belongs to no namespace`,
            hint: "Take the namespace out.",
            path,
          },
        ];
  }
  const mistake = checkObjectName(namespace, "label");
  return mistake ? [{ ...mistake, path }] : [];
}

function checkLabels(labels: Readonly<Record<string, string>>): Finding[] {
  return Object.entries(labels).flatMap(([key, value]) => {
    const mistake = checkLabelKey(key) ?? checkLabelValue(value);
    return mistake ? [{ ...mistake, path: [...PATH, "labels", key] }] : [];
  });
}

function checkAnnotations(annotations: Readonly<Record<string, string>>): Finding[] {
  const entries = Object.entries(annotations);
  const size = entries.reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  const tooLarge: Finding[] =
    size <= MAX_ANNOTATION_CHARACTERS
      ? []
      : [
          {
            code: "LB1106",
            message: `the annotations have ${size} characters, and at most ${MAX_ANNOTATION_CHARACTERS} are allowed`,
            hint: "Take some out.",
            path: [...PATH, "annotations"],
          },
        ];
  const badKeys = entries.flatMap(([key]) => {
    // Kubernetes checks annotation keys in lower case.
    const mistake = checkLabelKey(key.toLowerCase());
    return mistake ? [{ ...mistake, path: [...PATH, "annotations", key] }] : [];
  });
  return [...tooLarge, ...badKeys];
}

function checkCreationTimestamp(timestamp: string | undefined): Finding[] {
  const mistake = timestamp === undefined ? undefined : checkTimestamp(timestamp);
  return mistake ? [{ ...mistake, path: [...PATH, "creationTimestamp"] }] : [];
}
