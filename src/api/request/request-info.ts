/** What a request is about, from its method and URL alone: the RequestInfo of k8s.io/apiserver. */
import { exactFieldValue, parseFieldTerms } from "../selectors/field-terms.ts";
import { pathSegments } from "./path-segments.ts";
import { queryFlag } from "./query-flag.ts";

export type RequestInfo = ResourceRequest | PathRequest | MalformedRequest;

/** Below /api/<version>/ or /apis/<group>/<version>/. Whether there is such a resource is not looked at. */
export interface ResourceRequest {
  readonly kind: "resource";
  /** get, list, watch, create, update, patch, delete, deletecollection; "" for methods that mean nothing here. */
  readonly verb: string;
  /** "" for core kinds. */
  readonly group: string;
  readonly version: string;
  /** Of a Namespace itself its own name; "" for all namespaces and for kinds that have none. */
  readonly namespace: string;
  /** Plural: "httproutes". */
  readonly resource: string;
  /** "" for the object itself. */
  readonly subresource: string;
  /** "" when the request is for no single object; a list may have one, from its field selector. */
  readonly name: string;
  /** What follows the subresource: nothing, for every path that is served. */
  readonly rest: readonly string[];
}

export interface PathRequest {
  readonly kind: "path";
  /** The method in lower case. */
  readonly verb: string;
  /** Decoded, without a slash at its end: "/healthz", "/". */
  readonly path: string;
}

export interface MalformedRequest {
  readonly kind: "malformed";
  readonly message: string;
}

const VERBS: ReadonlyMap<string, string> = new Map([
  ["GET", "get"],
  ["HEAD", "get"],
  ["POST", "create"],
  ["PUT", "update"],
  ["PATCH", "patch"],
  ["DELETE", "delete"],
]);

/** What comes after a Namespace's name and isn't a kind in it. */
const NAMESPACE_SUBRESOURCES: ReadonlySet<string> = new Set(["status", "finalize"]);

/** @param path still percent-encoded */
export function requestInfo(method: string, path: string, query: URLSearchParams): RequestInfo {
  const parsed = pathSegments(path);
  if (parsed.kind === "malformed") return parsed;
  const { segments } = parsed;
  const prefixLength = segments[0] === "api" ? 2 : segments[0] === "apis" ? 3 : undefined;
  if (prefixLength === undefined || segments.length <= prefixLength) {
    return { kind: "path", verb: method.toLowerCase(), path: `/${segments.join("/")}` };
  }
  const group = prefixLength === 2 ? "" : (segments[1] ?? "");
  const version = segments[prefixLength - 1] ?? "";
  const { namespace, parts } = withoutNamespace(segments.slice(prefixLength));
  const [resource = "", name = "", subresource = "", ...rest] = parts;
  const verb = VERBS.get(method) ?? "";
  const request: ResourceRequest = {
    kind: "resource",
    verb,
    group,
    version,
    namespace,
    resource,
    subresource,
    name,
    rest,
  };
  return name === "" ? { ...request, ...ofMany(verb, query) } : request;
}

/** "namespaces/shop/secrets/tls" is secrets/tls in shop, "namespaces/shop/status" a part of the Namespace itself. */
function withoutNamespace(parts: readonly string[]): { readonly namespace: string; readonly parts: readonly string[] } {
  const [first, namespace = "", third] = parts;
  if (first !== "namespaces") return { namespace: "", parts };
  const isInside = third !== undefined && !NAMESPACE_SUBRESOURCES.has(third);
  return { namespace, parts: isInside ? parts.slice(2) : parts };
}

/** A request that names no object. A list of one by name needs no right to see others, so the name is told. */
function ofMany(verb: string, query: URLSearchParams): { readonly verb: string; readonly name: string } {
  if (verb === "delete") return { verb: "deletecollection", name: "" };
  if (verb !== "get") return { verb, name: "" };
  const fields = parseFieldTerms(query.get("fieldSelector") ?? "");
  const name = "terms" in fields ? (exactFieldValue(fields.terms, "metadata.name") ?? "") : "";
  return { verb: queryFlag(query, "watch") ? "watch" : "list", name: isPathSegmentName(name) ? name : "" };
}

/** IsPathSegmentName of k8s.io/apimachinery, and no control characters, as in paths. */
function isPathSegmentName(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  return name !== "." && name !== ".." && !/[/%\x00-\x1f\x7f]/.test(name);
}
