import type { TraceRequest } from "../../model/trace.ts";
import type { RouteMatch, ValueMatch } from "../routing/routing.ts";

/** Why the request doesn't match, as a short phrase; undefined when it does. */
export function mismatch(match: RouteMatch, request: TraceRequest): string | undefined {
  const [path = "/", query = ""] = splitOnce(request.path, "?");
  if (!matchesPath(match.path, path)) return `path ${path} ${PATH_WORDS[match.path.kind]} ${match.path.value}`;
  if (match.method !== undefined && match.method !== request.method)
    return `method ${request.method} is not ${match.method}`;
  for (const header of match.headers) {
    const why = valueMismatch("header", header, headerValues(request, header.name));
    if (why) return why;
  }
  for (const parameter of match.queryParams) {
    const why = valueMismatch("query parameter", parameter, firstValue(query, parameter.name));
    if (why) return why;
  }
  return undefined;
}

function headerValues({ headers, hostname }: TraceRequest, wanted: string): string[] {
  return wanted === "host" ? [hostname] : headers.filter(({ name }) => name === wanted).map(({ value }) => value);
}

/** Envoy takes the first parameter of a name, and compares it as it is written: "%20" stays "%20". */
function firstValue(query: string, wanted: string): string[] {
  for (const part of query.split("&")) {
    const [name, value = ""] = splitOnce(part, "=");
    if (name === wanted) return [value];
  }
  return [];
}

const PATH_WORDS = { exact: "is not", prefix: "is not under", regex: "does not fit" } as const;

/** Prefixes match whole elements and ignore a trailing slash of their own (HTTPPathMatch, PathMatchPathPrefix). */
function matchesPath({ kind, value }: RouteMatch["path"], path: string): boolean {
  if (kind === "exact") return path === value;
  if (kind === "regex") return fits(value, path);
  const prefix = withoutTrailingSlash(value);
  return path === prefix || path.startsWith(`${prefix}/`);
}

export function withoutTrailingSlash(path: string): string {
  return path.endsWith("/") ? path.slice(0, -1) : path;
}

/** Of a header that is there several times, one line that fits is enough for Envoy. */
function valueMismatch(what: string, match: ValueMatch, values: readonly string[]): string | undefined {
  if (values.length === 0) return `${what} ${match.name} is absent`;
  const isFit = (value: string) => (match.kind === "exact" ? value === match.value : fits(match.value, value));
  if (values.some(isFit)) return undefined;
  return `${what} ${match.name} ${match.kind === "exact" ? "is not" : "does not fit"} ${match.value}`;
}

/** Envoy matches whole values with RE2; what the model lets through means the same to JavaScript. */
function fits(pattern: string, value: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`, "s").test(value);
  } catch {
    return false;
  }
}

export function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
