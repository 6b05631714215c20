/**
 * How strategic merge patches treat lists, and which lists have keys: what the tags patchStrategy and patchMergeKey of
 * Kubernetes' Go types say (k8s.io/api, apimachinery's ObjectMeta). kubectl computes its patches by the same rules,
 * which it reads from OpenAPI.
 */

export type PatchStrategy =
  /** Entries with the same value of `mergeKey` are merged. `listMapKeys` together tell all entries apart. */
  | { readonly mergeKey: string; readonly listMapKeys: readonly string[] }
  /** Values are added to those that are there. */
  | "set"
  /** The list is replaced as a whole. */
  | "atomic";

const mergedBy = (mergeKey: string, ...more: readonly string[]): PatchStrategy => ({
  mergeKey,
  listMapKeys: [mergeKey, ...more],
});

/** Paths of fields, of all kinds. Maps, since the paths that are looked up are made of what users send. */
const METADATA: ReadonlyMap<string, PatchStrategy> = new Map([
  ["metadata.finalizers", "set"],
  ["metadata.ownerReferences", mergedBy("uid")],
]);

/** By kind and path. Lists that aren't here are replaced as a whole: all those of the other kinds. */
const LISTS: ReadonlyMap<string, PatchStrategy> = new Map([
  ["Service spec.ports", mergedBy("port", "protocol")],
  ["Service status.conditions", mergedBy("type")],
  ["Namespace status.conditions", mergedBy("type")],
]);

/** `path` are the names of fields from the top: ["spec", "ports"]. Entries of lists have no part in it. */
export function patchStrategyOf(kind: string, path: readonly string[]): PatchStrategy {
  const name = path.join(".");
  return METADATA.get(name) ?? LISTS.get(`${kind} ${name}`) ?? "atomic";
}
