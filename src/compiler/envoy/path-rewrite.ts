import type { PathRewrite, RouteMatch } from "../routing/routing.ts";

/** How Envoy is told to change a path; both forms leave the query alone. */
export type EnvoyPathRewrite =
  | { readonly kind: "prefix"; readonly value: string }
  | { readonly kind: "regex"; readonly regex: string; readonly substitution: string };

/**
 * Gateway API, HTTPPathModifier: the matched prefix is cut off without its trailing slash, the replacement is put
 * before the rest without its own, and what would be empty is "/". Undefined when nothing changes.
 */
export function translatePathRewrite(path: RouteMatch["path"], rewrite: PathRewrite): EnvoyPathRewrite | undefined {
  if (rewrite.kind === "full" || path.kind !== "prefix") return replaceAll(rewrite.value);
  const prefix = withoutTrailingSlashes(path.value);
  const replacement = withoutTrailingSlashes(rewrite.value);
  if (prefix === replacement) return undefined;
  // Envoy replaces exactly what matched: for the prefix "/" that includes the slash which must stay.
  if (prefix === "") return { kind: "prefix", value: `${replacement}/` };
  if (replacement === "") return { kind: "regex", regex: `^${quoted(prefix)}/?(.*)$`, substitution: "/\\1" };
  return { kind: "prefix", value: replacement };
}

function replaceAll(value: string): EnvoyPathRewrite {
  return { kind: "regex", regex: "^/.*$", substitution: (value || "/").replaceAll("\\", "\\\\") };
}

export function withoutTrailingSlashes(path: string): string {
  return path.replace(/\/+$/, "");
}

/** The text as an RE2 pattern that matches just it. */
export function quoted(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
