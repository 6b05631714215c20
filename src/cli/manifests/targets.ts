/** From manifests to objects of the API: which resource each is, and in which namespace. */
import { resourceOfObject } from "../../client/api-resources.ts";
import type { ApiResource } from "../../client/api-types.ts";
import { type ObjectKey, objectKey } from "../../model/keys.ts";
import type { RawObject } from "../../model/object-meta.ts";
import { formatProblem, type Problem } from "../../model/problem.ts";
import { cliProblem } from "../terminal.ts";
import { orderOf } from "./apply-order.ts";
import type { Manifest } from "./manifest.ts";

export interface Target {
  readonly manifest: Manifest;
  readonly resource: ApiResource;
  readonly key: ObjectKey;
  /** "" for kinds without. */
  readonly namespace: string;
  readonly name: string;
  /** As written, with its namespace. */
  readonly object: RawObject;
}

export interface Targets {
  /** In the order in which they depend on each other. */
  readonly targets: readonly Target[];
  readonly problems: readonly Problem[];
}

export interface NamespaceWish {
  /** -n */
  readonly given: string | undefined;
  /** Where objects go that name none. */
  readonly fallback: string;
}

export function targetsOf(
  resources: readonly ApiResource[],
  manifests: readonly Manifest[],
  namespace: NamespaceWish,
): Targets {
  const targets: Target[] = [];
  const problems: Problem[] = [];
  const seen = new Map<ObjectKey, Target>();
  for (const manifest of manifests) {
    const found = targetOf(resources, manifest, namespace);
    if ("code" in found) problems.push(found);
    else {
      const before = seen.get(found.key);
      if (before) problems.push(twice(found, before));
      else targets.push(found);
      seen.set(found.key, before ?? found);
    }
  }
  const ordered = targets.map((target, index) => ({ target, index, order: orderOf(target.resource.kind) }));
  ordered.sort((a, b) => a.order - b.order || a.index - b.index);
  return { targets: ordered.map(({ target }) => target), problems };
}

function targetOf(
  resources: readonly ApiResource[],
  manifest: Manifest,
  { given, fallback }: NamespaceWish,
): Target | Problem {
  const { object, locate } = manifest;
  const { apiVersion, kind, metadata } = object;
  const resource = resourceOfObject(resources, { apiVersion, kind });
  if (!resource) {
    const others = resources
      .filter((each) => each.kind === kind)
      .map(({ group, version }) => `${group && `${group}/`}${version}`);
    const known = others.length > 0 ? `; ${kind} is in ${others.join(", ")}` : "";
    const path = others.length > 0 ? "apiVersion" : "kind";
    const message = `the API has no ${kind} in ${apiVersion}${known}`;
    return { ...cliProblem("LB6222", message), path, position: locate([path]) };
  }
  const own = metadata.namespace || undefined;
  if (resource.namespaced && given !== undefined && own !== undefined && own !== given) {
    const message = `the object is of namespace ${own}, and the command of ${given}`;
    const path = ["metadata", "namespace"];
    return { ...cliProblem("LB6224", message), path: "metadata.namespace", position: locate(path) };
  }
  const namespace = resource.namespaced ? (own ?? given ?? fallback) : "";
  const { name } = metadata;
  return {
    manifest,
    resource,
    key: objectKey(kind, namespace, name),
    namespace,
    name,
    object: resource.namespaced ? { ...object, metadata: { ...metadata, namespace } } : object,
  };
}

function twice({ key, manifest }: Target, before: Target): Problem {
  const { file, line } = before.manifest.locate([]);
  const message = `the object is in ${file}:${line} already`;
  return { ...cliProblem("LB6223", message), object: key, position: manifest.locate([]) };
}

/** "file:line:column: error LB1105 HTTPRoute/shop/front spec.rules: …", one a line. */
export function problemLines(problems: readonly Problem[]): string {
  return problems.map((problem) => `${formatProblem(problem)}\n`).join("");
}
