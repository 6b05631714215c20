/** The operations on the objects of one kind. */
import type { JsonSchema } from "../../model/json-schema.ts";
import type { KindDefinition } from "../../model/kind-definition.ts";
import { takesStrategicPatch } from "../resources/subresources.ts";
import type { Action, Content, Operation, RequestBody, Response } from "./openapi-types.ts";
import { QUERY_PARAMETERS } from "./query-parameters.ts";
import { kindRef, listRef, metaRef, operationScope } from "./schema-names.ts";

const JSON_TYPE = "application/json";

/** Where an operation is: it names the operation, and says what the operation is about. */
export interface OperationPlace {
  readonly definition: Pick<KindDefinition, "group" | "kind" | "plural" | "namespaced">;
  readonly version: string;
  /** "Namespaced", "ForAllNamespaces" and "Status" tell the operations of one kind apart. */
  readonly infix?: "Namespaced" | undefined;
  readonly suffix?: "ForAllNamespaces" | "Status" | undefined;
}

const NAMES: Readonly<Record<Action, string>> = {
  list: "list",
  get: "read",
  post: "create",
  put: "replace",
  patch: "patch",
  delete: "delete",
  deletecollection: "deleteCollection",
};

export function operation(action: Action, place: OperationPlace): Operation {
  const { definition, version, infix = "", suffix = "" } = place;
  const { group, kind } = definition;
  const body = requestBodyOf(action, place);
  return {
    tags: [`${group === "" ? "core" : group}_${version}`],
    description: descriptionOf(action, place),
    operationId: `${NAMES[action]}${operationScope(group, version)}${infix}${kind}${suffix}`,
    parameters: QUERY_PARAMETERS[action],
    ...(body && { requestBody: body }),
    responses: { ...successesOf(action, place), default: FAILURE },
    "x-kubernetes-action": action,
    "x-kubernetes-group-version-kind": { group, version, kind },
  };
}

export function json(schema: JsonSchema): Content {
  return { [JSON_TYPE]: { schema } };
}

function jsonOrYaml(schema: JsonSchema): Content {
  return { ...json(schema), "application/yaml": { schema } };
}

export const FAILURE: Response = { description: "Refused or failed.", content: json(metaRef("Status")) };

function descriptionOf(action: Action, { definition: { kind }, suffix }: OperationPlace): string {
  const one = suffix === "Status" ? `the status of a ${kind}` : `a ${kind}`;
  const many = suffix === "ForAllNamespaces" ? `of kind ${kind} in all namespaces` : `of kind ${kind}`;
  switch (action) {
    case "list":
      return `Lists or watches objects ${many}.`;
    case "get":
      return `Reads ${one}.`;
    case "post":
      return `Makes ${one}.`;
    case "put":
      return `Replaces ${one}.`;
    case "patch":
      return `Changes part of ${one}.`;
    case "delete":
      return `Deletes ${one}.`;
    case "deletecollection":
      return `Deletes objects ${many}.`;
  }
}

/** RFC 6902. */
const JSON_PATCH: JsonSchema = {
  type: "array",
  description: "Changes, made one after the other.",
  items: {
    type: "object",
    properties: {
      op: { type: "string", enum: ["add", "remove", "replace", "move", "copy", "test"], description: "What to do." },
      path: { type: "string", description: "Where, such as /spec/rules/0." },
      from: { type: "string", description: "Where from, for move and copy." },
      value: { description: "What with, for add, replace and test." },
    },
    required: ["op", "path"],
  },
};

function requestBodyOf(action: Action, { definition, version }: OperationPlace): RequestBody | undefined {
  switch (action) {
    case "post":
    case "put":
      return { required: true, content: jsonOrYaml(kindRef(definition, version)) };
    case "delete":
    case "deletecollection":
      return { content: jsonOrYaml(metaRef("DeleteOptions")) };
    case "patch": {
      const patch = { schema: metaRef("Patch") };
      return {
        required: true,
        content: {
          "application/json-patch+json": { schema: JSON_PATCH },
          "application/merge-patch+json": patch,
          ...(takesStrategicPatch(definition) && { "application/strategic-merge-patch+json": patch }),
        },
      };
    }
    default:
      return undefined;
  }
}

function successesOf(action: Action, { definition, version }: OperationPlace): Record<string, Response> {
  const own = kindRef(definition, version);
  const list = listRef(definition, version);
  const done = (description: string, schema: JsonSchema): Response => ({ description, content: json(schema) });
  switch (action) {
    case "list": {
      const stream = { "application/json;stream=watch": { schema: metaRef("WatchEvent") } };
      return { 200: { description: "The objects, or the stream.", content: { ...json(list), ...stream } } };
    }
    case "get":
      return { 200: done("The object.", own) };
    case "post":
      return { 201: done("The object that was made.", own) };
    case "put":
    case "patch":
      return { 200: done("The object as it is now.", own) };
    case "delete":
      return {
        200: done("The object is gone.", metaRef("Status")),
        202: done("The object, which waits for its finalizers.", own),
      };
    case "deletecollection":
      return { 200: done("The objects that were deleted.", list) };
  }
}
