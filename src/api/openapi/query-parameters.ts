/** What may stand in the query of a request, for each action (Kubernetes, ListOptions, CreateOptions and the like). */
import type { JsonSchema } from "../../model/json-schema.ts";
import type { Action, Parameter } from "./openapi-types.ts";

const TEXT: JsonSchema = { type: "string" };
const FLAG: JsonSchema = { type: "boolean" };
const COUNT: JsonSchema = { type: "integer", format: "int64", minimum: 0 };
const oneOf = (...values: readonly string[]): JsonSchema => ({ type: "string", enum: values });

function query(name: string, schema: JsonSchema, description: string): Parameter {
  return { name, in: "query", description, schema };
}

const PRETTY = [query("pretty", TEXT, "Lays the answer out for people.")];

const SELECTION = [
  query("labelSelector", TEXT, "Only objects whose labels fit: team=shop,env!=test."),
  query("fieldSelector", TEXT, "Only objects whose fields fit: metadata.name=front."),
  query("limit", COUNT, "At most so many objects at once; the answer's metadata.continue gets the next."),
  query("continue", TEXT, "metadata.continue of the answer before."),
  query("resourceVersion", TEXT, "The version to read or to watch from; absent: the newest."),
  query("resourceVersionMatch", oneOf("Exact", "NotOlderThan"), "Whether resourceVersion is meant exactly."),
  query("timeoutSeconds", COUNT, "When to end, in seconds."),
];

const WATCH = [
  query("watch", FLAG, "Go on with every change, as a stream of WatchEvents."),
  query("allowWatchBookmarks", FLAG, "Say from time to time which version has been reached."),
  query("sendInitialEvents", FLAG, "Start a watch with all that is there; needs resourceVersionMatch NotOlderThan."),
];

const DRY_RUN = [query("dryRun", oneOf("All"), "Check only, change nothing.")];

const WRITE = [
  ...DRY_RUN,
  query("fieldManager", { type: "string", maxLength: 128 }, "Name of the program that writes."),
  query(
    "fieldValidation",
    oneOf("Ignore", "Warn", "Strict"),
    "What to do about fields that the kind doesn't have: drop them, drop and tell (the default), or refuse.",
  ),
];

const DELETION = [
  ...DRY_RUN,
  query("gracePeriodSeconds", COUNT, "How long deletion may take, in seconds."),
  query(
    "propagationPolicy",
    oneOf("Orphan", "Background", "Foreground"),
    "What becomes of the objects that depend on this one.",
  ),
];

export const QUERY_PARAMETERS: Readonly<Record<Action, readonly Parameter[]>> = {
  list: [...PRETTY, ...SELECTION, ...WATCH],
  get: PRETTY,
  post: [...PRETTY, ...WRITE],
  put: [...PRETTY, ...WRITE],
  patch: [...PRETTY, ...WRITE],
  delete: [...PRETTY, ...DELETION],
  deletecollection: [...PRETTY, ...SELECTION, ...DELETION],
};
