/** The values that labels may have. Everything else, whoever sends it, is "other". */
import { API_KINDS } from "../model/api-kinds.ts";

export const OTHER = "other";

/** Of resources, and the methods of paths like /healthz. */
const VERBS = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];
const METHODS = ["head", "post", "put", "options"];

/** Answered, not kept (authorization.k8s.io, authentication.k8s.io). */
const REVIEWS = ["selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews"];

const XDS_TYPES = [
  "Cluster",
  "ClusterLoadAssignment",
  "Listener",
  "RouteConfiguration",
  "ScopedRouteConfiguration",
  "Secret",
  "Runtime",
];

export const verbLabel = oneOf([...VERBS, ...METHODS]);
/** "" is for requests that are about no resource. */
export const resourceLabel = oneOf(["", ...API_KINDS.map(({ plural }) => plural), ...REVIEWS]);
export const kindLabel = oneOf(API_KINDS.map(({ kind }) => kind));
export const xdsTypeLabel = oneOf(XDS_TYPES);
/** As sources call themselves; every directory is "directory". */
export const sourceLabel = oneOf(["built-in", "directory", "store", "api", "discovery", "clock"]);

export function codeLabel(code: number): string {
  return Number.isInteger(code) && code >= 100 && code <= 599 ? String(code) : OTHER;
}

function oneOf(values: Iterable<string>): (value: string) => string {
  const known = new Set(values);
  return (value) => (known.has(value) ? value : OTHER);
}
