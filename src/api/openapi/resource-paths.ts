/** The paths of one kind, as Kubernetes lays them out ("API Concepts", resource URIs). */
import type { KindDefinition } from "../../model/kind-definition.ts";
import { hasStatus, STATUS_VERBS, verbsOf } from "../resources/subresources.ts";
import type { Action, Method, Parameter, PathItem, Paths } from "./openapi-types.ts";
import { type OperationPlace, operation } from "./operations.ts";

const NAMESPACE: Parameter = {
  name: "namespace",
  in: "path",
  required: true,
  description: "Namespace of the objects.",
  schema: { type: "string", pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", minLength: 1, maxLength: 63 },
};

const NAME: Parameter = {
  name: "name",
  in: "path",
  required: true,
  description: "Name of the object.",
  schema: { type: "string", minLength: 1, maxLength: 253 },
};

/** Verbs of discovery, and how they are asked for. Watching is a way of listing. */
const COLLECTION = { list: "get", create: "post", deletecollection: "delete" } as const;
const OBJECT = { get: "get", update: "put", patch: "patch", delete: "delete" } as const;
const ACTIONS: Readonly<Record<string, Action>> = { create: "post", update: "put" };

/** @param root where the group and version are: "/apis/landbridge.dev/v1alpha1" */
export function resourcePaths(root: string, definition: KindDefinition, version: string): Paths {
  const { namespaced, plural } = definition;
  const verbs = verbsOf(definition);
  const infix = namespaced ? ("Namespaced" as const) : undefined;
  const place = { definition, version, infix };
  const scope = namespaced ? [NAMESPACE] : [];
  const base = namespaced ? `${root}/namespaces/{namespace}/${plural}` : `${root}/${plural}`;
  const everywhere = { definition, version, suffix: "ForAllNamespaces" as const };
  return {
    ...(namespaced && { [`${root}/${plural}`]: pathItem({ list: "get" }, ["list"], everywhere, []) }),
    [base]: pathItem(COLLECTION, verbs, place, scope),
    [`${base}/{name}`]: pathItem(OBJECT, verbs, place, [...scope, NAME]),
    ...(hasStatus(definition) && {
      [`${base}/{name}/status`]: pathItem(OBJECT, STATUS_VERBS, { ...place, suffix: "Status" }, [...scope, NAME]),
    }),
  };
}

function pathItem(
  methods: Readonly<Record<string, Method>>,
  verbs: readonly string[],
  place: OperationPlace,
  parameters: readonly Parameter[],
): PathItem {
  const offered = Object.entries(methods).filter(([verb]) => verbs.includes(verb));
  const operations = offered.map(([verb, method]) => [method, operation(ACTIONS[verb] ?? (verb as Action), place)]);
  return { ...Object.fromEntries(operations), ...(parameters.length > 0 && { parameters }) };
}
