/** The types of Kubernetes that all kinds share (apimachinery, meta/v1). */
import { fieldsSchemaOf, INT_OR_STRING_SCHEMA, type JsonSchema, META_SCHEMAS } from "../../model/json-schema.ts";
import { array, flag, integer, object, text, typed } from "../../model/json-schema-parts.ts";
import { metadataSchema } from "../../model/metadata-schema.ts";
import { withListExtensions } from "./list-extensions.ts";
import { metaRef } from "./schema-names.ts";

/** By their full names. */
export function metaSchemas(): Record<string, JsonSchema> {
  const named = Object.entries({ ...objectMeta(), ...STATUS, ...OPTIONS, ...DISCOVERY });
  return {
    ...Object.fromEntries(named.map(([name, schema]) => [`${META_SCHEMAS}.${name}`, schema])),
    [INT_OR_STRING_SCHEMA]: {
      description: "A number or a text.",
      format: "int-or-string",
      oneOf: [{ type: "integer" }, { type: "string" }],
    },
  };
}

function objectMeta(): Record<string, JsonSchema> {
  const metadata = withListExtensions("", fieldsSchemaOf(metadataSchema), ["metadata"]);
  const { ownerReferences = {}, managedFields = {}, ...properties } = metadata.properties ?? {};
  const timed = (name: string): JsonSchema => ({
    allOf: [metaRef("Time")],
    description: properties[name]?.description ?? "",
  });
  return {
    ObjectMeta: {
      // Without `required`: there is a name or a generateName.
      type: "object",
      description: "What all objects have next to their own fields.",
      properties: {
        ...properties,
        creationTimestamp: timed("creationTimestamp"),
        deletionTimestamp: timed("deletionTimestamp"),
        ownerReferences: { ...ownerReferences, items: metaRef("OwnerReference") },
        managedFields: { ...managedFields, items: metaRef("ManagedFieldsEntry") },
      },
    },
    OwnerReference: { ...ownerReferences.items, description: "An object that another one depends on." },
    ManagedFieldsEntry: object("Who set which fields, in one version of the API. Not kept.", {
      manager: text("Who."),
      operation: text("How: Apply or Update."),
      apiVersion: text("The version of the API."),
      time: { allOf: [metaRef("Time")], description: "When." },
      fieldsType: text("How the fields are written: FieldsV1."),
      fieldsV1: {
        type: "object",
        description: "The fields.",
        "x-kubernetes-preserve-unknown-fields": true,
      },
      subresource: text("The subresource that was written to."),
    }),
    Time: { type: "string", format: "date-time", description: "A time as RFC 3339 has it." },
    ListMeta: object("What all lists have next to their items.", {
      resourceVersion: text("The version that the list is of; a watch may start there."),
      continue: text("What to ask for the next part with; empty at the end."),
      remainingItemCount: integer("How many objects are left.", "int64"),
      selfLink: text("An address that is no longer set."),
    }),
  };
}

const STATUS: Readonly<Record<string, JsonSchema>> = {
  Status: typed(
    { group: "", version: "v1", kind: "Status" },
    object("What became of a request that gives no object back, and of every one that fails.", {
      apiVersion: text("Version of the API: v1."),
      kind: text("Kind of the object: Status."),
      metadata: { allOf: [metaRef("ListMeta")], description: "Empty." },
      status: text("Success or Failure."),
      message: text("What is wrong, as a sentence for people."),
      reason: text("What is wrong, as one word for programs, such as NotFound."),
      details: { allOf: [metaRef("StatusDetails")], description: "What belongs to the reason." },
      code: integer("The HTTP status.", "int32"),
    }),
  ),
  StatusDetails: object("What belongs to the reason of a failure.", {
    name: text("Name of the object."),
    group: text("API group of its kind."),
    kind: text("Its resource, or its kind."),
    uid: text("Its uid."),
    causes: array("Each single thing that is wrong.", metaRef("StatusCause")),
    retryAfterSeconds: integer("When to try again, in seconds.", "int32"),
  }),
  StatusCause: object("One thing that is wrong.", {
    reason: text("What is wrong, as one word for programs."),
    message: text("What is wrong, as a sentence for people."),
    field: text("The field that has it, such as spec.rules[0].name."),
  }),
};

const OPTIONS: Readonly<Record<string, JsonSchema>> = {
  DeleteOptions: typed(
    { group: "", version: "v1", kind: "DeleteOptions" },
    object("How an object is to be deleted.", {
      apiVersion: text("Version of the API: v1."),
      kind: text("Kind of the object: DeleteOptions."),
      gracePeriodSeconds: { ...integer("How long deletion may take, in seconds.", "int64"), minimum: 0 },
      preconditions: { allOf: [metaRef("Preconditions")], description: "What must be so, or nothing is deleted." },
      orphanDependents: flag("The older form of propagationPolicy: Orphan."),
      propagationPolicy: {
        type: "string",
        enum: ["Orphan", "Background", "Foreground"],
        description: "What becomes of the objects that depend on this one.",
      },
      dryRun: array('["All"] to check only.', { type: "string", enum: ["All"] }),
    }),
  ),
  Preconditions: object("What must be so, or the request is refused.", {
    uid: text("The uid that the object must have."),
    resourceVersion: text("The version that the object must have."),
  }),
  Patch: { type: "object", description: "The fields to change; those that are null are taken out." },
  WatchEvent: typed(
    { group: "", version: "v1", kind: "WatchEvent" },
    object(
      "One change, of those that a watch tells.",
      {
        type: text("ADDED, MODIFIED, DELETED, BOOKMARK or ERROR."),
        object: {
          type: "object",
          description: "The object as it is now, or as it was when it was deleted; for ERROR a Status.",
          "x-kubernetes-preserve-unknown-fields": true,
        },
      },
      ["type", "object"],
    ),
  ),
};

const DISCOVERY: Readonly<Record<string, JsonSchema>> = {
  APIResource: object(
    "One resource, and what can be done with it.",
    {
      name: text("Plural name, as in URLs."),
      singularName: text("Singular name."),
      namespaced: flag("Whether its objects are in namespaces."),
      group: text("Its API group, where it isn't that of the list."),
      version: text("Its version, where it isn't that of the list."),
      kind: text("Its kind."),
      verbs: array("What can be done.", { type: "string" }),
      shortNames: array("Short names.", { type: "string" }),
      categories: array("Names of groups of resources that it is part of.", { type: "string" }),
      storageVersionHash: text("Not set."),
    },
    ["name", "singularName", "namespaced", "kind", "verbs"],
  ),
  APIResourceList: typed(
    { group: "", version: "v1", kind: "APIResourceList" },
    object(
      "The resources of one version of a group.",
      {
        apiVersion: text("Version of the API: v1."),
        kind: text("Kind of the object: APIResourceList."),
        groupVersion: text("The group and version."),
        resources: array("The resources.", metaRef("APIResource")),
      },
      ["groupVersion", "resources"],
    ),
  ),
};
